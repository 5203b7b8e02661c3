import AttendanceCore

extension KeyExplanation {
    /// One screen: what happens next, then both sides, then what is under way, then everything that was decided.
    func text(now: Timestamp) -> String {
        var lines = [next.sentence]
        if let command = next.command { lines.append("  type: \(command)") }
        lines += ["", "\(key.date) in \(district)"]
        func line(_ name: String, _ value: String?) {
            guard let value else { return }
            lines.append("  " + name.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
        }
        line("student", student.text("user"))
        line("section", section.text("section"))
        line("enrollment", key.enrollmentID ?? noPlacement.map { "none: \($0)" })
        if cleverRecords.isEmpty { line("Clever", "present: it has no record that says otherwise") }
        for record in cleverRecords { line(record.counts ? "Clever" : "", record.text) }
        for reason in quarantined { line("not understood", reason) }
        line("Schoology", schoologyText(now: now))
        line("agreed on last", key.base)
        line("refused", refusedText)
        line("drift", drift.map { "\($0) was changed, and the direction does not write it back" })
        line("attendance.csv", inAttendanceCSV.map { "the file on the server says \($0)" })
        line("sent", sent.map { "\($0) to Schoology; whether it arrived is not known before the next reading" })
        for write in outbox { line("write \(write.id)", write.text) }
        for conflict in conflicts {
            line(
                "conflict \(conflict.id)",
                "\(conflict.state), detected \(conflict.detected): Clever \(conflict.clever), Schoology "
                    + "\(conflict.schoology), before \(conflict.base); \(conflict.outcome)"
                    + (conflict.resolvedBy.map { " by \($0)" } ?? ""))
        }
        lines += ["", decisionsText]
        return lines.joined(separator: "\n")
    }

    private func schoologyText(now: Timestamp) -> String {
        var text = key.schoology
        if let seen = schoologyFirstSeen { text += ", first seen \(seen)" }
        if let read = sectionReadAt.flatMap({ Timestamp($0) }) {
            text += "; the section was last read \(read), \(Words.ago(read, now: now))"
        } else {
            text += "; the section has not been read whole yet"
        }
        if let since = triggerWaitsSince { text += "; a trigger came \(since)" }
        return text
    }

    private var refusedText: String? {
        var parts: [String] = []
        if let refusedClever { parts.append("Clever's \(refusedClever)") }
        if let refusedSchoology { parts.append("Schoology's \(refusedSchoology)") }
        guard !parts.isEmpty else { return nil }
        return parts.joined(separator: " and ") + ", by an operator: not proposed again until that side changes"
    }

    private var decisionsText: String {
        guard !decisions.isEmpty else {
            return olderDecisionsPurged
                ? "No decisions are kept; those older than service.retention were purged."
                : "Nothing was ever written for it."
        }
        var table = Table(["WHEN", "CYCLE", "WRITTEN TO", "FROM", "TO", "CAUSE"])
        for decision in decisions {
            table.add([
                decision.at, "\(decision.cycle)" + (decision.cycleKind.map { " \($0)" } ?? ""),
                decision.side ?? "neither", decision.from, decision.to, decision.cause,
            ])
        }
        return table.text
    }
}
