import AttendanceCore

/// The machine's side: cycles, outages, requests, and how all of this is measured.
extension DistrictArticle {
    var health: String {
        let intro = Markup.paragraph(
            "A cycle compares both sides and carries over what differs. One that fails is tried again; an outage is a stretch without a good one.",
            "soft")
        let all = days.map(value)
        let series = [
            Series(name: "done", look: .blue, values: all.map(\.cyclesDone)),
            Series(name: "done, with something left for the next", look: .sky, values: all.map(\.cyclesIncomplete)),
            Series(name: "failed", look: .orange, values: all.map(\.cyclesFailed)),
        ]
        let totals = series.map { $0.values.reduce(0, +) }
        var html = intro
        if totals.reduce(0, +) > 0 {
            let words = zip(series, totals).map { "\(Format.number($1)) \($0.name)" }.joined(separator: "; ")
            let chart = StackedBars(
                chart: Chart(
                    id: id("c-cycles"), title: "Cycles by day and outcome", summary: "A bar for each day: \(words).",
                    height: 200), days: days, series: series)
            html += Markup.figure("Cycles by day", chart: chart.svg, legend: Series.legend(series))
            html += dayTable("Cycles by day", series.map(\.name)) {
                [value($0).cyclesDone, value($0).cyclesIncomplete, value($0).cyclesFailed]
            }
        }
        guard !facts.health.outages.isEmpty else { return html + Markup.paragraph("No outage in these days.") }
        let rows = facts.health.outages.map { outage in
            [
                stamp(outage.from), outage.to.map(stamp) ?? "still", Format.length((outage.to ?? made) - outage.from),
                outage.reason,
            ]
        }
        return html
            + Markup.table(
                caption: "Outages", header: ["From", "To", "Length", "Why"], rows: rows, numbersFrom: nil,
                sentences: [3])
    }

    var requests: String {
        let intro = Markup.paragraph(
            "How much both sides were asked. Schoology allows this district \(facts.rateLimit.credits) credits in "
                + "\(Format.length(facts.rateLimit.window)), where a read takes \(facts.rateLimit.readCost) and a write "
                + "\(facts.rateLimit.writeCost); the limit is never passed, so a day that comes near it is a slow one.",
            "soft")
        let series = [
            Series(name: "to Schoology", look: .blue, values: days.map { value($0).schoologyRequests }),
            Series(name: "to Clever", look: .orange, values: days.map { value($0).cleverRequests }),
        ]
        let totals = series.map { $0.values.reduce(0, +) }
        guard totals.reduce(0, +) > 0 else {
            return intro + Markup.paragraph("Nothing was asked in these days.", "empty")
        }
        let chart = StackedBars(
            chart: Chart(
                id: id("c-requests"), title: "Requests by day and side",
                summary:
                    "A bar for each day: \(Format.number(totals[0])) to Schoology and \(Format.number(totals[1])) to Clever in all.",
                height: 200), days: days, series: series)
        let rows = days.reversed().compactMap { day -> [String]? in
            let value = value(day)
            guard value.cleverRequests + value.schoologyRequests > 0 else { return nil }
            return [
                Format.long(day), Format.number(value.cleverRequests), Format.number(value.schoologyRequests),
                Format.number(value.puts), share(value),
            ]
        }
        return intro + Markup.figure("Requests by day", chart: chart.svg, legend: Series.legend(series))
            + Markup.details(
                "Requests by day as a table",
                Markup.table(
                    caption: "Requests by day",
                    header: ["Day", "to Clever", "to Schoology", "writes among them", "of Schoology's allowance"],
                    rows: rows))
    }

    /// Of the credits that a whole day has.
    private func share(_ value: DistrictFacts.DayFacts) -> String {
        let limit = facts.rateLimit
        let reads = max(0, value.schoologyRequests - value.puts)
        let credits = reads * limit.readCost + value.puts * limit.writeCost
        let allowed = 86_400_000 / max(1, Int(limit.window.milliseconds)) * limit.credits
        let tenths = credits * 1000 / max(1, allowed)
        return tenths == 0 && credits > 0 ? "under 0.1 %" : "\(tenths / 10).\(tenths % 10) %"
    }

    var notes: String {
        var notes = [
            "Days are those of \(facts.timezone). Marks are counted by attendance date, everything else by the day on which it happened.",
            "Written to Schoology: marks that Schoology acknowledged, a mark that was changed twice counted twice. Sent to Clever: rows of attendance.csv that were uploaded for the first time. Shown by Clever: rows that Clever's data then had.",
            "From edit to arrival, to Schoology: from the time of Clever's record (last_modified, which is when Clever took it in, not when somebody typed it) to Schoology's acknowledgement. Only the last write of each mark is measured, and only if the record has not been modified since. Edits from before the first cycle are left out.",
        ]
        if facts.direction.writesClever {
            notes.append(
                "From edit to arrival, to Clever: from the read that first showed a teacher's edit (Schoology doesn't tell when it was made) to Clever showing the row. Marks that were taken back to present, and edits that have changed since, can't be measured."
            )
        }
        notes += [
            "The share of Schoology's allowance counts a read as \(facts.rateLimit.readCost) and a write as \(facts.rateLimit.writeCost); searches that Schoology may count as writes are counted as reads.",
            "What is older than the district's retention has been purged and is not shown. A pause that has ended leaves no trace here.",
        ]
        return "<ul>\(notes.map { "<li>\(Markup.escape($0))</li>" }.joined(separator: "\n"))</ul>\n"
    }
}
