import AttendanceCore

/// Is it working, since when, and what needs a person.
extension DistrictArticle {
    private enum Mood: String {
        case good, warn, bad

        /// Told apart by shape as well.
        var picture: String {
            switch self {
            case .good: "<circle cx=\"18\" cy=\"18\" r=\"16\"/><path d=\"M10 18.5l6 6 11-12\"/>"
            case .warn: "<path d=\"M18 3L34 32H2z\"/><path d=\"M18 13v9M18 26.4v.4\"/>"
            case .bad: "<path d=\"M11 2h14l9 9v14l-9 9H11l-9-9V11z\"/><path d=\"M12 12l12 12M24 12L12 24\"/>"
            }
        }
    }

    var banner: String {
        let (mood, title, text) = judgement
        let items = needs.map {
            "<li>\(Markup.escape($0.text)) (IT: <code>attendance-sync \(Markup.escape($0.command))</code>)</li>"
        }.joined()
        let list = needs.isEmpty ? "" : "<ul>\(items)</ul>"
        return
            "<div class=\"banner \(mood.rawValue)\"><svg viewBox=\"0 0 36 36\" aria-hidden=\"true\" "
            + "fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" stroke-linejoin=\"round\">"
            + "\(mood.picture)</svg><div><h3>\(Markup.escape(title))</h3><p>\(Markup.escape(text))</p>\(list)</div></div>\n"
    }

    private var judgement: (Mood, String, String) {
        let health = facts.health
        guard let good = health.lastGoodCycle else {
            return (.bad, "Not working yet", "No cycle has succeeded. Nothing is lost: both sides keep what they have.")
        }
        let checked = "Both sides were last compared on \(time(good))."
        guard let since = health.workingSince else {
            let reason = health.outages.first { $0.to == nil }?.reason ?? "no cycle has succeeded for a while"
            return (
                .bad, "Not working since \(time(good))", "Why: \(reason). Nothing is lost: it goes on where it was."
            )
        }
        if let pause = health.pause {
            let until = pause.until.map { "until \(time($0))" } ?? "until somebody resumes it"
            let why = pause.reason.map { " Why: \($0)." } ?? ""
            return (
                .warn, "Paused \(until)",
                "By \(pause.by) on \(time(pause.since)).\(why) Both sides are read, and nothing is written."
            )
        }
        if health.isPausedByClever {
            return (
                .warn, "Clever has paused the district",
                "It is read and not written until Clever ends the pause. \(checked)"
            )
        }
        let lasting = "Without a break since \(time(since)). \(checked)"
        return needs.isEmpty ? (.good, "Working", lasting) : (.warn, "Working, and somebody is needed", lasting)
    }

    /// What needs a person, and what that person types.
    private var needs: [(text: String, command: String)] {
        let health = facts.health
        var needs = health.refusedCredentials.map { side in
            (text: "\(side) refuses the credential; a valid one has to be put into its file", command: "doctor")
        }
        if health.workingSince == nil, needs.isEmpty {
            needs.append(("Somebody has to look what is in the way", "doctor"))
        }
        let waiting = facts.held.count { $0.state == "held" }
        if waiting > 0 {
            let what = Format.count(
                waiting, "batch of unusually many changes waits", "batches of unusually many changes wait")
            needs.append((what + " until somebody approves or discards", "held list"))
        }
        if !facts.openConflicts.isEmpty {
            let what = Format.count(facts.openConflicts.count, "conflict")
            needs.append(("\(what) to decide: both sides were changed to different marks", "conflicts list"))
        }
        if health.deadLetters > 0 {
            let what = Format.count(health.deadLetters, "mark")
            needs.append(("\(what) that the other side has rejected for good", "outbox list --dead"))
        }
        if health.overdue > 0 {
            let what = Format.count(health.overdue, "row")
            needs.append(
                ("\(what) sent to Clever that it has not shown for too long: did it take attendance.csv?", "status"))
        }
        return needs
    }

    var tiles: String {
        let all = days.map(value)
        let toSchoology = all.reduce(0) { $0 + $1.toSchoology }
        let toClever = all.reduce(0) { $0 + $1.toClever }
        let marks = facts.marks.values.flatMap(\.values).flatMap(\.values).reduce(0, +)
        let health = facts.health
        let waiting = health.waitingForSchoology + health.waitingForUpload
        let unmatched = facts.unmatched.filter { $0.side == .clever && $0.kind != "enrollment" }
        let sections = unmatched.count { $0.kind == "section" }
        var tiles: [(String, String, String)] = [
            ("Absent, late or excused", Format.number(marks), "marks that both sides agree on"),
            ("Written to Schoology", Format.number(toSchoology), "marks in these \(Format.count(days.count, "day"))"),
        ]
        if facts.direction.writesClever {
            let shown =
                health.unconfirmed > 0
                ? "\(Format.number(health.unconfirmed)) not shown by Clever yet"
                : toClever > 0 ? "Clever shows them all" : "nothing was to be sent"
            tiles.append(("Sent to Clever", Format.number(toClever), shown))
        }
        let oldest = health.oldestWaiting.map { "the oldest since \(time($0))" } ?? "nothing is waiting"
        tiles.append(("Waiting to be sent", Format.number(waiting), waiting > 0 ? oldest : "nothing is waiting"))
        tiles.append(
            ("Conflicts to decide", Format.number(facts.openConflicts.count), "see below what each side says"))
        tiles.append(
            (
                "Not matched", Format.number(unmatched.count),
                "\(Format.count(sections, "section")), \(Format.count(unmatched.count - sections, "student")) of Clever"
            ))
        let items = tiles.map {
            "<div><dt>\(Markup.escape($0.0))</dt><dd>\(Markup.escape($0.1)) <small>\(Markup.escape($0.2))</small></dd></div>"
        }
        return "<dl class=\"tiles\">\n\(items.joined(separator: "\n"))\n</dl>\n"
    }
}
