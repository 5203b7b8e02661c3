import AttendanceCore
import SyncState

/// Works out what the records that were read call for. Each decision is stored with the base it came from.
extension DistrictEngine {
    /// Decides the open records; where one shows that a roster is out of date (a student who is new in a section),
    /// reads what is needed of the roster again, and decides once more.
    ///
    /// - Returns: how many writes were decided.
    @discardableResult
    func decide(onlyDay day: Day?) async throws -> Int {
        needsCleverRoster = false
        sectionsToReread = []
        var decided = try decideOpenRecords(onlyDay: day)
        guard !hasRefreshedRoster, needsCleverRoster || !sectionsToReread.isEmpty else { return decided }
        do {
            if needsCleverRoster, !hasReadCleverRoster {
                try state.transaction { tx in
                    for section in sectionsToReread { try tx.forgetEnrollments(ofSection: section) }
                }
                try await refreshRosterForUnknownIDs()
            } else {
                try await rereadEnrollments(ofSections: sectionsToReread)
            }
            decided += try decideOpenRecords(onlyDay: day)
        } catch let failure as SideFailure {
            note(failure)
        }
        return decided
    }

    /// Decides newest days first, in transactions small enough not to hold readers up.
    private func decideOpenRecords(onlyDay day: Day?) throws -> Int {
        var decided = 0
        while true {
            let (records, writes) = try state.transaction { [self] tx in
                let records = try tx.openRecords(onlyDay: day, limit: 500)
                var writes = 0
                for record in records { writes += try self.decide(record, tx) }
                return (records.count, writes)
            }
            decided += writes
            guard records > 0 else { break }
            advance()
        }
        counts.decided += decided
        return decided
    }

    private func decide(_ record: OpenRecord, _ tx: Transaction) throws -> Int {
        guard let status = settings.statusMap.status(of: record.mark.status, excuseCode: record.mark.excuseCode) else {
            let reason =
                "no status_map entry for \(record.mark.status)"
                + (record.mark.excuseCode.map { " with excuse code \($0)" } ?? "")
            try tx.setState(of: record, .waitsForMap, reason: reason)
            let ids = try tx.cleverIDs(Key(section: record.section ?? 0, student: record.student, day: record.day))
            counts.quarantined += 1
            log(
                .warning, .recordQuarantined,
                [
                    "clever_student_id": .id(ids.student), "clever_section_id": .id(ids.section),
                    "date": .id(record.day), "reason": .id(reason),
                ])
            return 0
        }
        if record.isAlone, let section = record.section, settings.direction.writesSchoology {
            try tx.setState(of: record, .decided)
            guard status != .present else { return 0 }
            try tx.enqueue(
                Key(section: section, student: record.student, day: record.day), side: .schoology, status: status,
                cause: Self.officeCause(isDaily: false), cycle: cycle, now: now)
            return 1
        }
        let sections: [Int64]
        if let section = record.section {
            sections = [section]
        } else {
            let daily = settings.clever.daily
            sections = try tx.dailyTargets(student: record.student, school: record.school, policy: daily)
            if sections.isEmpty, daily != .none {
                needsCleverRoster = true
                try tx.setState(
                    of: record, .waitsForMatch,
                    reason: "a daily record, and Clever's roster has the student in no section of that school")
                return 0
            }
        }
        var writes = 0
        var missing: String?
        for section in sections {
            let key = Key(section: section, student: record.student, day: record.day)
            do {
                try recogniseEcho(key, tx)
                _ = try tx.placement(section: section, student: record.student)
                if try decide(key, tx) { writes += 1 }
                // A section that the roster doesn't have the student in: who moved here, has left another one.
                if try !tx.isMember(student: record.student, section: section) { needsCleverRoster = true }
            } catch let nowhere as NoPlacement {
                missing = missing ?? nowhere.reason
                guard nowhere.mayBeStale else { continue }
                sectionsToReread.insert(section)
                if record.section == nil { needsCleverRoster = true }
            }
        }
        try tx.setState(of: record, missing == nil ? .decided : .waitsForMatch, reason: missing)
        return writes
    }

    /// Clever may show what a row of ours said, whether or not the key still has its place in Schoology.
    func recogniseEcho(_ key: Key, _ tx: Transaction) throws {
        guard let clever = try cleverStatus(key, tx) else { return }
        var mark = try tx.mark(key)
        let before = mark
        let row = try tx.outboxItem(key, side: .clever)
        if try recogniseEcho(key, clever.status, modified: clever.modified, row, &mark, tx) == nil {
            try tx.noteOutdatedRow(key, clever: clever.status)
        }
        if mark != before { try tx.save(mark, key) }
    }

    /// Decides one key by what Clever says of it and its base. Schoology's side is read, and the key merged with
    /// it, just before the write.
    ///
    /// - Returns: whether a write was decided.
    private func decide(_ key: Key, _ tx: Transaction) throws -> Bool {
        guard let clever = try cleverStatus(key, tx) else { return false }
        var mark = try tx.mark(key)
        if let refused = mark.refusedClever, refused != clever.status {
            // The side has moved on: should it come back to the value, that is a new change.
            mark.refusedClever = nil
            try tx.save(mark, key)
        }
        guard settings.direction.writesSchoology else {
            _ = try settle(key, showing: mark.schoology ?? .present, seenAt: now, tx)
            return false
        }
        let item = try tx.outboxItem(key, side: .schoology)
        if clever.status == mark.base || clever.status == mark.refusedClever {
            // What an operator has dropped is left to the next reading, which is due by itself.
            let mayHaveArrived = try (item != nil || clever.status == mark.base) && tx.sentMark(key) != nil
            guard mayHaveArrived || item?.undoes != nil else {
                if let item { try tx.removeOutboxItem(item.id) }
                // Only Schoology differs any more, if it does: what was decided for both is out of date.
                // The base may have come to where nothing is stored of it any more, and a row or a conflict be left.
                let isSettled =
                    try mark == StoredMark() && tx.outboxItem(key, side: .clever) == nil && tx.liveConflict(key) == nil
                if !isSettled { _ = try settle(key, showing: mark.schoology ?? .present, seenAt: now, tx) }
                return false
            }
            // An earlier write may have arrived: it has to be looked at, and put back if it did.
            guard item?.status != clever.status, item?.undoes == nil else { return false }
        } else if let item, item.status == clever.status {
            // Already on its way, or already rejected for good.
            return false
        }
        try tx.enqueue(
            key, side: .schoology, status: clever.status, cause: Self.officeCause(isDaily: clever.isDaily),
            cycle: cycle, now: now)
        return true
    }

    /// The cause of a write that the office alone calls for: its record for the section, or the one for the whole day.
    static func officeCause(isDaily: Bool) -> String { isDaily ? "clever daily" : "clever" }

    /// What Clever's mark for a key means: present where there is none, nil where the status map has no entry.
    func cleverStatus(
        _ key: Key, _ tx: Transaction
    ) throws -> (status: Status, modified: Timestamp?, isDaily: Bool)? {
        guard let mark = try tx.cleverMark(key, daily: settings.clever.daily) else { return (.present, nil, false) }
        guard let status = settings.statusMap.status(of: mark.status, excuseCode: mark.excuseCode) else { return nil }
        return (status, mark.lastModified, mark.daily)
    }
}
