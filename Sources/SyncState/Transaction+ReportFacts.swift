import AttendanceCore
import GRDB

/// What `report` draws, counted by days of the district.
extension Transaction {
    /// Fills in everything that the state knows.
    ///
    /// - Parameters:
    ///   - dayOf: the district's calendar date at a moment.
    ///   - from: the first moment of the report's first day.
    ///   - silence: longer than this without a good cycle is an outage.
    public func reportFacts(
        _ facts: inout DistrictFacts, from: Timestamp, now: Timestamp, silence: Span, dayOf: (Timestamp) -> Day
    ) throws {
        try addMarks(&facts)
        try addWrites(&facts, from, dayOf)
        try addDelays(&facts, from, dayOf)
        try addConflicts(&facts, from, dayOf)
        try addCycles(&facts, from, dayOf, now: now, silence: silence)
        try addWaiting(&facts.health, now: now)
        facts.unmatched = try unmatched().map { line in
            DistrictFacts.UnmatchedLine(
                kind: line.kind.rawValue, side: line.side,
                id: line.schoologyID.map(String.init)
                    ?? [line.cleverSection, line.cleverStudent].compactMap(\.self).joined(separator: " / "),
                reason: line.reason, records: line.records)
        }
        try addHeld(&facts, from)
    }

    private func addMarks(_ facts: inout DistrictFacts) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT day, coalesce(school.clever_id, ''), base, count(*) FROM mark
                JOIN section ON section.id = mark.section LEFT JOIN school ON school.id = section.school
                WHERE day BETWEEN ? AND ? AND base <> ? GROUP BY 1, 2, 3
                """, arguments: [facts.first.number, facts.last.number, Status.present.rawValue])
        while let row = try rows.next() {
            guard let status = Status(rawValue: row[2]) else { continue }
            facts.marks[Day(number: row[0]), default: [:]][row[1], default: [:]][status] = row[3]
        }
    }

    private func addWrites(_ facts: inout DistrictFacts, _ from: Timestamp, _ dayOf: (Timestamp) -> Day) throws {
        // Whole minutes, of which every time zone's days consist.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT at / 60000, side, cause = 'confirmed by Clever', count(*) FROM audit
                WHERE at >= ? AND (side <> 0 OR cause = 'confirmed by Clever') GROUP BY 1, 2, 3
                """, arguments: [from.milliseconds])
        while let row = try rows.next() {
            let day = dayOf(Timestamp(milliseconds: (row[0] as Int64) * 60_000))
            let count: Int = row[3]
            switch Side(code: row[1]) {
            case .schoology?: facts.days[day, default: .init()].toSchoology += count
            case .clever?: facts.days[day, default: .init()].toClever += count
            case nil: facts.days[day, default: .init()].confirmed += count
            }
        }
    }

    /// The last write of each key, but for what an operator decided, against the time of the edit that called for it,
    /// where that is still known: the record has not been modified since, or Schoology still shows the edit. Edits from
    /// before the first cycle are left out: they waited for the program to be installed.
    ///
    /// Left to itself, SQLite goes through all records of a day for each line of the trail.
    private func addDelays(_ facts: inout DistrictFacts, _ from: Timestamp, _ dayOf: (Timestamp) -> Day) throws {
        let firstCycle = try Int64.fetchOne(db, sql: "SELECT min(started) FROM cycle") ?? .max
        let toSchoology = try delays(
            """
            SELECT audit.at, max(clever_record.modified) FROM audit
            JOIN clever_record INDEXED BY clever_record_key ON clever_record.student = audit.student AND clever_record.day = audit.day
                AND (clever_record.section = audit.section AND audit.cause <> 'clever daily'
                    OR clever_record.section = 0 AND audit.cause <> 'clever')
            WHERE audit.at >= ? AND audit.side = 1 AND audit.cause NOT LIKE '\(OutboxItem.operatorCause)%'
                AND NOT EXISTS(SELECT 1 FROM audit AS later WHERE later.section = audit.section
                    AND later.student = audit.student AND later.day = audit.day AND later.side = 1
                    AND later.id > audit.id)
            GROUP BY audit.id
            """, [from.milliseconds], firstCycle, dayOf)
        for (day, spans) in toSchoology {
            facts.days[day, default: .init()].delayToSchoology = DistrictFacts.Delay(spans)
        }
        let toClever = try delays(
            """
            SELECT audit.at, mark.schoology_seen FROM audit
            JOIN mark ON mark.section = audit.section AND mark.student = audit.student AND mark.day = audit.day
            WHERE audit.at >= ? AND audit.cause = 'confirmed by Clever' AND mark.schoology = audit.now
                AND mark.schoology_seen IS NOT NULL
                AND NOT EXISTS(SELECT 1 FROM audit AS later WHERE later.section = audit.section
                    AND later.student = audit.student AND later.day = audit.day
                    AND later.cause = 'confirmed by Clever' AND later.id > audit.id)
            """, [from.milliseconds], firstCycle, dayOf)
        for (day, spans) in toClever {
            facts.days[day, default: .init()].delayToClever = DistrictFacts.Delay(spans)
        }
    }

    /// - Parameter sql: rows of arrival and edit.
    private func delays(
        _ sql: String, _ arguments: StatementArguments, _ firstCycle: Int64, _ dayOf: (Timestamp) -> Day
    ) throws -> [Day: [Span]] {
        var result: [Day: [Span]] = [:]
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() {
            let (arrived, edited) = (row[0] as Int64, row[1] as Int64)
            guard edited <= arrived, edited >= firstCycle else { continue }
            result[dayOf(Timestamp(milliseconds: arrived)), default: []].append(.milliseconds(arrived - edited))
        }
        return result
    }

    private func addConflicts(_ facts: inout DistrictFacts, _ from: Timestamp, _ dayOf: (Timestamp) -> Day) throws {
        for conflict in try conflicts(openOnly: false) {
            if conflict.state == .open {
                let ids = try cleverIDs(conflict.key)
                facts.openConflicts.append(
                    .init(
                        id: conflict.id, day: conflict.key.day, student: ids.student, section: ids.section,
                        base: conflict.base, clever: conflict.clever, schoology: conflict.schoology,
                        detected: conflict.detected))
            }
            guard conflict.detected >= from else { continue }
            let day = dayOf(conflict.detected)
            switch conflict.state {
            case .open: facts.days[day, default: .init()].conflictsOpen += 1
            case .dissolved: facts.days[day, default: .init()].conflictsDissolved += 1
            case .decided:
                if conflict.resolvedBy?.hasPrefix("operator:") == true {
                    facts.days[day, default: .init()].conflictsByOperator += 1
                } else {
                    facts.days[day, default: .init()].conflictsByPolicy += 1
                }
            }
        }
    }

    private func addCycles(
        _ facts: inout DistrictFacts, _ from: Timestamp, _ dayOf: (Timestamp) -> Day, now: Timestamp, silence: Span
    ) throws {
        var finder = OutageFinder(silence: silence)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT kind, started, finished, outcome, reason,
                    coalesce(json_extract(counts, '$.clever_requests'), 0),
                    coalesce(json_extract(counts, '$.schoology_requests'), 0), coalesce(json_extract(counts, '$.puts'), 0)
                FROM cycle WHERE finished IS NOT NULL ORDER BY id
                """)
        while let row = try rows.next() {
            let started = Timestamp(milliseconds: row[1])
            let finished = Timestamp(milliseconds: row[2])
            let outcome = row[3] as String? ?? ""
            let isGood = outcome == "done" || outcome == "incomplete"
            // A cycle that only reads sections back asks Clever nothing, so it proves nothing of it.
            if row[0] as String != "read_back" {
                finder.add(started: started, finished: finished, isGood: isGood, reason: row[4])
                facts.health.firstCycle = facts.health.firstCycle ?? started
                if isGood { facts.health.lastGoodCycle = finished }
            }
            guard finished >= from else { continue }
            var day = facts.days[dayOf(finished), default: .init()]
            switch outcome {
            case "done": day.cyclesDone += 1
            case "incomplete": day.cyclesIncomplete += 1
            default: day.cyclesFailed += 1
            }
            day.cleverRequests += row[5] as Int
            day.schoologyRequests += row[6] as Int
            day.puts += row[7] as Int
            facts.days[dayOf(finished)] = day
        }
        let found = finder.result(now: now)
        facts.health.workingSince = found.since
        facts.health.outages = found.outages.filter { $0.to.map { $0 >= from } ?? true }
    }

    private func addWaiting(_ health: inout DistrictFacts.Health, now: Timestamp) throws {
        let totals = try totals(now: now)
        health.waitingForUpload = totals.rowsToUpload + totals.eclipsed
        health.unconfirmed = totals.unconfirmed
        health.overdue = totals.overdue
        health.deadLetters = totals.dead
        health.waitingForSchoology = max(0, totals.undelivered - totals.dead)
        health.oldestWaiting = totals.oldestPending
        health.isPausedByClever = try text(.districtState) == "paused"
        for (side, setting) in [
            ("Clever", StateSetting.cleverRefusedAt), ("Schoology", .schoologyRefusedAt),
            ("Clever's SFTP server", .csvRefusedAt),
        ] where try number(setting) != nil { health.refusedCredentials.append(side) }
        health.pause = try pause(now: now)
    }

    /// Those that are held, and those decided since: what waits first, then the newest.
    private func addHeld(_ facts: inout DistrictFacts, _ from: Timestamp) throws {
        let batches = try heldBatches(openOnly: false).reversed()
            .filter { $0.state == .held || $0.created >= from || $0.decided.map { $0 >= from } ?? false }
        facts.held = (batches.filter { $0.state == .held } + batches.filter { $0.state != .held }).map { batch in
            DistrictFacts.HeldLine(
                id: batch.id, side: batch.side, day: batch.day, school: batch.schoolCleverID, reason: batch.reason,
                state: batch.state.name + (batch.state == .dissolved ? " by itself" : ""), changes: batch.changes,
                created: batch.created, decided: batch.decided, decidedBy: batch.decidedBy)
        }
    }
}
