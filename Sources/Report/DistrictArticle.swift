import AttendanceCore

/// One district's part of the page.
struct DistrictArticle {
    static let sections: [(id: String, title: String)] = [
        ("marks", "Marks"), ("flow", "Both directions"), ("delay", "From edit to arrival"), ("conflicts", "Conflicts"),
        ("people", "Unmatched"), ("held", "Held and paused"), ("health", "Cycles and outages"),
        ("requests", "Requests"), ("notes", "How this is measured"),
    ]

    let facts: DistrictFacts
    /// Makes ids unique where there are several districts.
    let prefix: String
    let made: Timestamp
    /// A moment as the district's clocks show it.
    let local: (Timestamp) -> Timestamp
    let isAlone: Bool

    var days: [Day] { facts.allDays }

    func value(_ day: Day) -> DistrictFacts.DayFacts { facts.days[day] ?? .init() }

    var html: String {
        var html = "<article id=\"\(prefix)\" aria-labelledby=\"\(prefix)-h\">\n"
        // The page's title names the only district already.
        html += "<h2 id=\"\(prefix)-h\">\(isAlone ? "Overview" : Markup.escape(facts.name))</h2>\n"
        guard facts.hasState else {
            return html + Markup.paragraph("No cycle has run yet, so there is nothing to show.", "empty")
                + "</article>\n"
        }
        html += banner + tiles
        html += section("marks", marks)
        html += section("flow", flow)
        html += section("delay", delay)
        html += section("conflicts", conflicts, isLong: facts.openConflicts.count > 12)
        html += section("people", people, isLong: facts.unmatched.count > 20)
        html += section("held", held, isLong: facts.held.count > 12)
        html += section("health", health)
        html += section("requests", requests)
        html += section("notes", notes)
        return html + "</article>\n"
    }

    func id(_ name: String) -> String { "\(prefix)-\(name)" }

    /// `Tue 3 Nov 2026, 07:05` as the district's clocks show it.
    func time(_ timestamp: Timestamp) -> String { Format.time(local(timestamp)) }

    /// `Tue 3 Nov`, with the year where it isn't this one's.
    func date(_ day: Day) -> String {
        day.civil.year == facts.last.civil.year ? String(Format.long(day).dropLast(5)) : Format.long(day)
    }

    /// `3 Nov, 07:05`, likewise.
    func stamp(_ timestamp: Timestamp) -> String {
        let local = local(timestamp)
        let year = local.day.civil.year == facts.last.civil.year ? "" : " \(local.day.civil.year)"
        return "\(Format.short(local.day))\(year), \(local.description.dropFirst(11).prefix(5))"
    }

    /// - Parameter isLong: may go over a page's end on paper.
    private func section(_ name: String, _ content: String, isLong: Bool = false) -> String {
        let title = Self.sections.first { $0.id == name }?.title ?? name
        let kind = isLong ? " class=\"long\"" : ""
        return "<section\(kind) id=\"\(id(name))\" aria-labelledby=\"\(id(name))-h\">\n"
            + "<h3 id=\"\(id(name))-h\">\(title)</h3>\n\(content)</section>\n"
    }

    /// A table with a line for each day on which there is something to say, the newest first.
    func dayTable(_ summary: String, _ header: [String], _ row: (Day) -> [Int]) -> String {
        let rows = days.reversed().compactMap { day -> [String]? in
            let values = row(day)
            return values.contains { $0 != 0 } ? [Format.long(day)] + values.map(Format.number) : nil
        }
        guard !rows.isEmpty else { return "" }
        return Markup.details(
            "\(summary) as a table", Markup.table(caption: summary, header: ["Day"] + header, rows: rows))
    }
}
