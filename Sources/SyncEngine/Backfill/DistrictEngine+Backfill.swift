import AttendanceCore
import SyncState

/// Goes over a range of attendance dates that an operator named: Clever's marks of each day, then Schoology's sections
/// over the whole range. Watermarks stay as they are.
///
/// How far it has come is in the state, so that a kill costs a day's reading at most, and the daemon polls in between.
extension DistrictEngine {
    public func hasBackfill() -> Bool { ((try? state.reading { try $0.openBackfill() }) ?? nil) != nil }

    func runBackfill() async throws {
        guard let backfill = try state.reading({ try $0.openBackfill() }) else { return }
        backfillDays = backfill.days
        defer { backfillDays = nil }
        let deadline = world.clock.uptime() + settings.clever.pollInterval
        do {
            try await prepareRoster()
            _ = try await readDistrict()
            guard try await readDays(of: backfill, until: deadline) else { return }
            // From here on what Clever says of these days is known.
            readsWholeWindow = true
            try await pushWrites()
            let sections = try state.reading { try $0.backfillSections() }
            progress = CycleProgress(step: .readingBack, total: sections.count)
            try await visit(
                PushQueue(sections: sections, batchSize: settings.schoology.batchSize, readsBackOnly: true),
                count: sections.count, until: deadline)
            try await pushWrites()
            try judge(.clever)
            try await uploadRows()
        } catch let failure as SideFailure {
            return note(failure)
        }
        guard failures.isEmpty, !stopFlag.isSet else { return }
        // A section that can't be read though its side is up (it is suspended, or gone) isn't waited for.
        let isOver = world.clock.uptime() < deadline
        try state.transaction { [now] tx in
            guard try isOver || tx.backfillSections().isEmpty else { return }
            try tx.finish(backfill, now: now)
        }
    }

    /// - Returns: whether all of them have been read.
    private func readDays(of backfill: Backfill, until deadline: Timestamp) async throws -> Bool {
        progress = CycleProgress(step: .readingPastDays, done: backfill.daysRead, total: backfill.dayCount)
        var next = backfill.next
        while let day = next {
            guard !stopFlag.isSet, world.clock.uptime() < deadline else { return false }
            let schools = try state.reading { [settings] tx in try tx.schools(only: settings.clever.schools) }
            for school in schools {
                try await read(ScanUnit(day: day, school: school.id, schoolCleverID: school.cleverID), of: nil)
            }
            try await refreshRosterIfWanted()
            try await decide(onlyDay: day)
            try state.transaction { [now] tx in
                try tx.finishDay(day, of: backfill) {
                    try tx.sectionsToRead(schools: schools.map(\.id), triggeredBy: now, now: now).map(\.section)
                }
            }
            advance(by: 1)
            next = day > backfill.days.lowerBound ? day - 1 : nil
        }
        return true
    }
}
