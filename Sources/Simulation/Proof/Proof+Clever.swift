import AttendanceCore
import Sandbox
import SyncState

/// Writes to Clever.
extension Proof {
    func uploads(_ bytes: [UInt8]) {
        if pausedSeen == true { fail("paused district", "a file is uploaded") }
        if isPausedByOperator { fail("paused by an operator", "a file is uploaded") }
        if !town.scenario.settings.direction.writesClever { fail("direction", "a file is uploaded") }
        pollOfThisUpload = polledAt
        // What Clever says may be as old as a poll, and as the cycle that it is heard in.
        if town.time.now > polledAt + town.settings.clever.pollInterval + Self.cyclesLast {
            fail("unasked upload", "a file is uploaded, Clever was heard last at \(polledAt)")
        }
        checkValve(of: bytes)
    }

    private static let cyclesLast = Span.hours(1)

    /// Every row that a file carries has passed the safety valve.
    private func checkValve(of bytes: [UInt8]) {
        let carried = Set(rows(of: bytes).map { $0.prefix(4).joined(separator: ",") })
        let items =
            reading { tx in
                try tx.outbox(deadOnly: false).filter { $0.side == .clever && $0.state != .dead }.filter { item in
                    let row = try tx.rowPlace(item.key, daily: town.settings.clever.daily)
                    let section = row.isDaily ? "" : row.section ?? ""
                    return carried.contains("\(row.student ?? ""),\(row.school ?? ""),\(section),\(item.key.day)")
                }
            } ?? []
        for item in items {
            if let problem = valve.leaves(item, enrollments: town.places.count) {
                fail(
                    "safety valve",
                    "a row goes into the file: \(problem)\n    "
                        + items.filter { $0.cycle == item.cycle }.map { "\($0)" }.joined(separator: "\n    "))
            }
        }
    }

    private func rows(of bytes: [UInt8]) -> [[Substring]] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    /// The attendance dates that a file says something of.
    private func days(of bytes: [UInt8]) -> [Day] {
        Set(rows(of: bytes).compactMap { $0.count > 3 ? Day(String($0[3])) : nil }).sorted()
    }

    /// A protected mark gives way to nothing but an operator's word, or to what the office itself had said.
    private func checkProtected(_ key: Ledger.Key, _ now: Status) {
        guard let edit = town.ledger[key].clever.last, edit.by == .office, let value = edit.value,
            town.scenario.settings.conflicts.protect.contains(value),
            !conflicts(key).contains(where: { $0.decision == now })
        else { return }
        fail("protected mark", describe(key, "Clever's \(value) became \(now)"))
    }

    func wasUploaded(_ number: Int) { pollsOfUploads[number] = pollOfThisUpload }

    /// Clever processes a file.
    func ingest(_ bytes: [UInt8], number: Int) {
        var before: [Ledger.Key: Status?] = [:]
        for day in days(of: bytes) {
            for place in town.places.indices {
                before[Ledger.Key(place: place, day: day)] = town.cleverSays(place, day)
            }
        }
        let report = town.sandbox.ingest(csv: bytes)
        guard report.outcome == .ingested else {
            if case .refused(let reason) = report.outcome { fail("refused file", reason) }
            return
        }
        town.counts.ingestions += 1
        if let rejection = report.rejected.first { fail("rejected row", "line \(rejection.line): \(rejection.reason)") }
        town.noteSync()
        for (key, value) in before.sorted(by: { ($0.key.place, $0.key.day) < ($1.key.place, $1.key.day) }) {
            guard let now = town.cleverSays(key.place, key.day), now != value else { continue }
            let history = town.ledger[key]
            let early = Timestamp(milliseconds: .min)
            if !history.said(now, .schoology, since: early), !history.said(now, .clever, since: early),
                !conflicts(key).contains(where: { $0.decision == now })
            {
                fail("undecided row", describe(key, "Clever became \(now)"))
            }
            // The office's edit was not announced when Clever was asked before this file was made.
            let edited = history.clever.last?.at ?? early
            let couldKnow = town.wasAnnounced(edited, until: pollsOfUploads[number] ?? early)
            checkNotLost(key, .clever, overwrittenWith: now, couldNotKnow: !couldKnow)
            if couldKnow { checkProtected(key, now) }
            town.note(key.place, key.day, .clever, by: .sync)
        }
    }
}
