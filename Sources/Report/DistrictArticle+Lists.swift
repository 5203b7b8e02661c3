import AttendanceCore

/// What waits for a person: conflicts, people without a counterpart, held batches.
extension DistrictArticle {
    /// Longer lists are for the commands.
    private static let mostRows = 100

    var conflicts: String {
        let intro = Markup.paragraph(
            "A conflict is a mark that both sides changed to different values. The district's rule decides most of them; the others wait for a person.",
            "soft")
        let all = days.map(value)
        let series = [
            Series(name: "decided by the rule", look: .blue, values: all.map(\.conflictsByPolicy)),
            Series(name: "decided by a person", look: .green, values: all.map(\.conflictsByOperator)),
            Series(name: "gone by themselves", look: .grey, values: all.map(\.conflictsDissolved)),
            Series(name: "open", look: .orange, values: all.map(\.conflictsOpen)),
        ]
        let totals = series.map { $0.values.reduce(0, +) }
        let words = zip(series, totals).map { "\(Format.number($1)) \($0.name)" }.joined(separator: ", ")
        var html = intro
        if totals.reduce(0, +) > 0 {
            let chart = StackedBars(
                chart: Chart(
                    id: id("c-conflicts"), title: "Conflicts by the day on which they were found",
                    summary: "A bar for each day: \(words).", height: 200), days: days, series: series)
            html += Markup.figure("Conflicts by day found", chart: chart.svg, legend: Series.legend(series))
            html += dayTable("Conflicts by day found", series.map(\.name)) { day in
                let value = value(day)
                return [
                    value.conflictsByPolicy, value.conflictsByOperator, value.conflictsDissolved, value.conflictsOpen,
                ]
            }
        } else {
            html += Markup.paragraph("No conflict was found in these days.", "empty")
        }
        guard !facts.openConflicts.isEmpty else {
            return html + Markup.paragraph("None is open.")
        }
        let rows = facts.openConflicts.prefix(Self.mostRows).map { conflict in
            [
                String(conflict.id), date(conflict.day), conflict.student, conflict.section,
                "\(conflict.base)", "\(conflict.clever)", "\(conflict.schoology)", stamp(conflict.detected),
            ]
        }
        return html
            + Markup.table(
                caption: "Open conflicts, whatever their age",
                header: [
                    "No.", "Date", "Student (Clever id)", "Section (Clever id)", "Before", "Clever says",
                    "Schoology says", "Found",
                ], rows: rows, numbersFrom: nil)
            + rest(facts.openConflicts.count, "attendance-sync conflicts list")
    }

    var people: String {
        let intro = Markup.paragraph(
            "Students and sections that are on one side only, or can't be told apart. Their marks wait and hold nobody else's up; they are looked for again every day.",
            "soft")
        guard !facts.unmatched.isEmpty else { return intro + Markup.paragraph("Everybody is matched.") }
        let kinds: [(String, Side, String)] = [
            ("section", .clever, "sections of Clever"), ("student", .clever, "students of Clever"),
            ("enrollment", .clever, "students not enrolled in Schoology's section"),
            ("student", .schoology, "students of Schoology"),
        ]
        let items = kinds.compactMap { kind, side, words -> String? in
            let count = facts.unmatched.count { $0.kind == kind && $0.side == side }
            return count > 0 ? "<li>\(Format.number(count)) \(words)</li>" : nil
        }
        let rows = facts.unmatched.prefix(Self.mostRows).map { line in
            [
                line.kind, line.side == .clever ? "Clever" : "Schoology", line.id, Format.number(line.records),
                line.reason,
            ]
        }
        return intro + "<ul>\(items.joined())</ul>\n"
            + Markup.table(
                caption: "Not matched", header: ["What", "On", "Id", "Marks waiting", "Why"], rows: rows,
                numbersFrom: nil, sentences: [4]) + rest(facts.unmatched.count, "attendance-sync unmatched")
    }

    var held: String {
        let intro = Markup.paragraph(
            "Changes that are too many at once, or look like a mistake, are held back until somebody has looked at them.",
            "soft")
        var html = intro
        if let pause = facts.health.pause {
            let until = pause.until.map { "until \(time($0))" } ?? "until somebody resumes it"
            html += Markup.paragraph(
                "Writing is paused \(until), since \(time(pause.since)), by \(pause.by)."
                    + (pause.reason.map { " Why: \($0)." } ?? ""))
        } else {
            html += Markup.paragraph("Writing is not paused.")
        }
        guard !facts.held.isEmpty else {
            return html + Markup.paragraph("No batch was held back in these days.", "empty")
        }
        let rows = facts.held.prefix(Self.mostRows).map { batch in
            [
                String(batch.id), batch.state, what(batch), Format.number(batch.changes), batch.reason,
                stamp(batch.created),
                batch.decided.map { stamp($0) + (batch.decidedBy.map { " by \($0)" } ?? "") } ?? "not yet",
            ]
        }
        return html
            + Markup.table(
                caption: "Batches held in these days",
                header: [
                    "No.", "State", "What", "Changes", "Why", "Held", "Decided",
                ], rows: rows, numbersFrom: nil, sentences: [2, 4, 6])
            + rest(facts.held.count, "attendance-sync held list")
    }

    private func what(_ batch: DistrictFacts.HeldLine) -> String {
        let side = batch.side.map { $0 == .clever ? "for Clever" : "for Schoology" } ?? "for both sides"
        let day = batch.day.map { ", marks of \(date($0))" } ?? ", marks of all days"
        return side + day + (batch.school.map { ", school \($0)" } ?? "")
    }

    private func rest(_ count: Int, _ command: String) -> String {
        guard count > Self.mostRows else { return "" }
        return
            "<p class=\"soft\">The first \(Self.mostRows) of \(Format.number(count)); <code>\(Markup.escape(command))</code> shows them all.</p>\n"
    }
}
