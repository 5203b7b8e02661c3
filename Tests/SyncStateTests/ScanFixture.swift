import AttendanceCore

@testable import SyncState

/// A scan of two days of one school, into which tests store pages.
struct ScanFixture {
    let temporary: TemporaryState
    let school: Int64
    let scan: Scan

    init(_ temporary: TemporaryState, complete: Bool = false) throws {
        self.temporary = temporary
        let schools = try temporary.schools()
        school = schools[0]
        scan = try temporary.write { tx in
            try tx.beginScan(
                target: TemporaryState.now, today: TemporaryState.day,
                days: [TemporaryState.day, TemporaryState.day - 1], schools: schools, complete: complete,
                now: TemporaryState.now)
        }
    }

    @discardableResult
    func store(
        _ updates: [RecordUpdate], quarantined: [QuarantinedRecord] = [], day: Day = TemporaryState.day,
        records: Int? = nil, next: String? = nil, done: Bool = true, now: Timestamp = TemporaryState.now
    ) throws -> [QuarantinedRecord] {
        let unit = ScanUnit(day: day, school: school, schoolCleverID: "school", next: nil)
        return try temporary.write { tx in
            var step = UnitStep(records: records ?? updates.count)
            (step.updates, step.quarantined, step.next, step.done) = (updates, quarantined, next, done)
            return try tx.storePage(step, of: unit, scan: scan, now: now)
        }
    }
}
