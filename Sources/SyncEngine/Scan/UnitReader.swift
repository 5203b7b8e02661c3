import AttendanceCore
import CleverAPI
import SyncState

/// Works out what each page of a unit changes. Pure: the engine asks and stores.
///
/// Present is the default and takes no row, but a section's present record outranks a daily absence. So a present
/// record is kept where a daily record of the student is stored, and if the daily one comes after section
/// records of the student that were passed over, the unit is read once more.
struct UnitReader {
    struct Step {
        var updates: [RecordUpdate] = []
        var quarantined: [QuarantinedRecord] = []
        var next: String?
        var done = false
        /// A daily record was among them.
        var sawDaily = false
    }

    private let unit: ScanUnit
    private let statusMap: StatusMap
    private var stored: [RecordKey: StoredRecord]
    /// Records behind rows for Clever: kept though they are present, as the row carries their `sis_id`.
    private let wanted: Set<RecordKey>
    private(set) var next: String?
    /// Students whose section records were present and passed over in this reading.
    private var passedOver: Set<CleverID> = []
    /// The unit was begun by an earlier process, so what it passed over isn't known.
    private var resumed: Bool
    private var mustReadAgain = false
    private var seenCursors: Set<String> = []
    private(set) var restarts = 0

    init(
        unit: ScanUnit, stored: [RecordKey: StoredRecord], wanted: Set<RecordKey> = [], statusMap: StatusMap
    ) {
        self.unit = unit
        self.stored = stored
        self.wanted = wanted
        self.statusMap = statusMap
        next = unit.next
        resumed = unit.next != nil
        // The process before this one may have met a daily record after section records that it had passed over.
        mustReadAgain = resumed && stored.contains { $0.key.section == nil && !isPresent($0.value) }
    }

    mutating func restart() {
        restarts += 1
        next = nil
        resumed = false
        seenCursors = []
        passedOver = []
    }

    /// Takes one page in.
    ///
    /// - Throws: ``SideFailure/malformed(_:detail:)`` when the pages go round in a circle.
    mutating func take(_ page: AttendancePage) throws(SideFailure) -> Step {
        var step = Step()
        step.sawDaily = page.records.contains(where: \.daily)
        for record in page.records where record.day == unit.day {
            if let update = consider(record) { step.updates.append(update) }
        }
        step.quarantined = page.unreadable.map {
            QuarantinedRecord(
                fingerprint: $0.fingerprint, student: $0.student, section: $0.section, school: $0.school,
                date: $0.date, reason: $0.reason)
        }
        if let cursor = page.next {
            guard seenCursors.insert(cursor).inserted, cursor != next else {
                throw .malformed(.clever, detail: "its pages of attendance go round in a circle")
            }
            next = cursor
        } else if mustReadAgain {
            mustReadAgain = false
            restart()
        } else {
            step.done = true
            next = nil
        }
        step.next = next
        return step
    }

    private mutating func consider(_ record: CleverRecord) -> RecordUpdate? {
        let key = RecordKey(student: record.student, section: record.section)
        let found = StoredRecord(status: record.status, code: record.excuseCode, modified: record.lastModified)
        let known = stored[key]
        if let known {
            guard record.lastModified > known.modified else { return nil }
        } else if !wanted.contains(key), isPresent(found) {
            guard !record.daily else { return nil }
            guard let daily = stored[RecordKey(student: record.student, section: nil)], !isPresent(daily) else {
                passedOver.insert(record.student)
                return nil
            }
        }
        // Its sections' records were passed over for as long as the daily one said present, or wasn't there.
        if record.daily, !isPresent(found), known.map(isPresent) ?? true,
            resumed || passedOver.contains(record.student)
        {
            mustReadAgain = true
        }
        stored[key] = found
        return RecordUpdate(
            key: key, status: record.status, code: record.excuseCode, sisID: record.sisID,
            modified: record.lastModified)
    }

    /// Whether it says what no record says. A code may make a present one mean something else.
    private func isPresent(_ record: StoredRecord) -> Bool {
        record.status == .present && statusMap.status(of: .present, excuseCode: record.code) == .present
    }
}
