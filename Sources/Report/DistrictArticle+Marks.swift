import AttendanceCore

/// Marks by day, status and school; and what was sent where.
extension DistrictArticle {
    private static let statuses: [(Status, Series.Look)] = [(.absent, .blue), (.late, .orange), (.excused, .green)]
    /// More schools than fit a picture are in the table.
    private static let mostSchools = 20

    private func count(_ day: Day, _ status: Status) -> Int {
        (facts.marks[day] ?? [:]).values.reduce(0) { $0 + ($1[status] ?? 0) }
    }

    private func count(_ school: String, _ status: Status) -> Int {
        facts.marks.values.reduce(0) { $0 + ($1[school]?[status] ?? 0) }
    }

    private func name(_ school: String) -> String { school.isEmpty ? "(no school)" : school }

    var marks: String {
        let intro = Markup.paragraph(
            "What both sides agree on, by attendance date. A mark is one student, in one section, on one day, so a student "
                + "who is absent all day has several. Present is not counted.", "soft")
        let series = Self.statuses.map { status, look in
            Series(name: "\(status)", look: look, values: days.map { count($0, status) })
        }
        let total = series.map { $0.values.reduce(0, +) }
        guard total.reduce(0, +) > 0 else {
            return intro + Markup.paragraph("No absent, late or excused mark in these days.", "empty")
        }
        let words = zip(series, total).map { "\(Format.number($1)) \($0.name)" }.joined(separator: ", ")
        let busiest = days.max { left, right in
            Self.statuses.reduce(0) { $0 + count(left, $1.0) } < Self.statuses.reduce(0) { $0 + count(right, $1.0) }
        }
        let most = busiest.map { " The most on \(Format.long($0))." } ?? ""
        let byDay = StackedBars(
            chart: Chart(
                id: id("c-marks"), title: "Marks by day and status",
                summary:
                    "A bar for each day from \(Format.long(facts.first)) to \(Format.long(facts.last)): \(words) in all.\(most)"
            ), days: days, series: series)
        return intro
            + Markup.figure("Marks by day", chart: byDay.svg, legend: Series.legend(series))
            + dayTable("Marks by day", Self.statuses.map { "\($0.0)" } + ["all"]) { day in
                let values = Self.statuses.map { count(day, $0.0) }
                return values + [values.reduce(0, +)]
            } + schools
    }

    private var schools: String {
        let all = Set(facts.marks.values.flatMap(\.keys)).sorted { left, right in
            let (a, b) = (total(left), total(right))
            return a == b ? left < right : a > b
        }
        let shown = Array(all.prefix(Self.mostSchools))
        let series = Self.statuses.map { status, look in
            Series(name: "\(status)", look: look, values: shown.map { count($0, status) })
        }
        let more = all.count - shown.count
        let chart = RowBars(
            id: id("c-schools"), title: "Marks by school and status",
            summary:
                "A bar for each of \(Format.count(shown.count, "school")), by the school's Clever id, the one with the most "
                + "first: \(shown.first.map { "\(name($0)) with \(Format.number(total($0)))" } ?? "none")."
                + (more > 0 ? " \(more) more are in the table." : ""), rows: shown.map(name), series: series)
        let rows = days.reversed().flatMap { day in
            all.compactMap { school -> [String]? in
                guard let marks = facts.marks[day]?[school] else { return nil }
                return [Format.long(day), name(school)] + Self.statuses.map { Format.number(marks[$0.0] ?? 0) }
            }
        }
        return Markup.figure(
            "Marks by school (Clever id)\(more > 0 ? ", the \(shown.count) with the most" : "")", chart: chart.svg,
            legend: Series.legend(series))
            + Markup.details(
                "Marks by day and school as a table",
                Markup.table(
                    caption: "Marks by day and school",
                    header: ["Day", "School (Clever id)"] + Self.statuses.map { "\($0.0)" }, rows: rows, numbersFrom: 2)
            )
    }

    private func total(_ school: String) -> Int { Self.statuses.reduce(0) { $0 + count(school, $1.0) } }

    var flow: String {
        let intro = Markup.paragraph(
            "Marks that were carried over, by the day on which it was done: upwards what the office entered and Schoology took; "
                + "downwards what teachers entered and was sent to Clever.", "soft")
        let up = Series(name: "written to Schoology", look: .blue, values: days.map { value($0).toSchoology })
        let down = Series(name: "sent to Clever", look: .orange, values: days.map { value($0).toClever })
        let (ups, downs) = (up.values.reduce(0, +), down.values.reduce(0, +))
        guard ups + downs > 0 else {
            return intro + Markup.paragraph("Nothing was carried over in these days.", "empty")
        }
        let direction =
            switch facts.direction {
            case .both: ""
            case .toSchoology: Markup.paragraph("This district writes to Schoology only.", "soft")
            case .toClever: Markup.paragraph("This district writes to Clever only.", "soft")
            }
        let chart = MirroredBars(
            chart: Chart(
                id: id("c-flow"), title: "Marks carried over by day and direction",
                summary:
                    "Two bars for each day: \(Format.number(ups)) marks written to Schoology in all, upwards; \(Format.number(downs)) sent to Clever, downwards.",
                height: 290), days: days, up: up, down: down)
        return intro + direction
            + Markup.figure("Marks carried over by day", chart: chart.svg, legend: Series.legend([up, down]))
            + dayTable("Marks carried over by day", ["written to Schoology", "sent to Clever", "shown by Clever"]) {
                [value($0).toSchoology, value($0).toClever, value($0).confirmed]
            }
    }

    var delay: String {
        let intro = Markup.paragraph(
            "How long it took until an edit was on the other side. The circle: half were there by then. The triangle: 19 of 20 were.",
            "soft")
        let towards = delays(
            "to Schoology", "From Clever's time of the edit to Schoology taking it",
            days.map { value($0).delayToSchoology },
            "delay-s")
        let back = delays(
            "to Clever", "From the read that first showed a teacher's edit to Clever showing it",
            days.map { value($0).delayToClever }, "delay-c")
        return intro + towards + (facts.direction.writesClever ? back : "")
    }

    private func delays(
        _ direction: String, _ caption: String, _ delays: [DistrictFacts.Delay?], _ name: String
    ) -> String {
        let measured = delays.compactMap(\.self)
        guard let worst = measured.map(\.p95).max() else {
            return Markup.paragraph("Nothing \(direction) that could be measured in these days.", "empty")
        }
        let chart = RangeChart(
            chart: Chart(
                id: id(name), title: "Time from edit to arrival \(direction), by day",
                summary:
                    "\(Format.count(measured.reduce(0) { $0 + $1.count }, "mark")) on \(Format.count(measured.count, "day")). On the slowest day 19 of 20 arrived within \(Format.length(worst)).",
                height: 220), days: days, delays: delays)
        let rows = zip(days, delays).reversed().compactMap { day, delay in
            delay.map {
                [Format.long(day), Format.length($0.median), Format.length($0.p95), Format.number($0.count)]
            }
        }
        return Markup.figure(caption, chart: chart.svg, legend: RangeChart.legend)
            + Markup.details(
                "\(caption) as a table",
                Markup.table(
                    caption: caption, header: ["Day", "half within", "19 of 20 within", "measured"], rows: rows))
    }
}
