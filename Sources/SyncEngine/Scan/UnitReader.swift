import AttendanceCore
import CleverAPI
import SyncState

/// Works out what each page of a unit changes. Pure: the engine asks and stores.
///
/// Present is the default and takes no row, but a section's present record outranks a daily absence. So a present
/// record is kept where a daily record of the student is stored, and if the daily one comes after section
/// records of the student that were passed over, the unit is read once more.
struct UnitReader {
    private let unit: ScanUnit
    private let statusMap: StatusMap
    private var stored: [RecordKey: StoredRecord] = [:]
    /// ``know(_:)`` comes before a page is taken, and where an earlier process has begun, before any is passed.
    private(set) var knowsRecords = false
    /// Records behind rows for Clever: kept though they are present, as the row carries their `sis_id`.
    private let wanted: Set<RecordKey>
    private(set) var next: String?
    /// Students whose section records were present and passed over in this reading.
    private var passedOver: Set<CleverID> = []
    /// The unit was begun by an earlier process, so what it passed over isn't known.
    private var resumed: Bool
    private var mustReadAgain = false
    private var seenCursors: Set<String> = []
    /// Pages that call for nothing should they come again, and those that the unit still has.
    private var taken: [PageDigest: TakenPage]
    private var seenPages: Set<PageDigest> = []
    private var hasPassedPages = false
    private(set) var restarts = 0

    init(
        unit: ScanUnit, wanted: Set<RecordKey> = [], taken: [PageDigest: TakenPage] = [:], statusMap: StatusMap
    ) {
        self.unit = unit
        self.wanted = wanted
        self.taken = taken
        self.statusMap = statusMap
        next = unit.next
        resumed = unit.next != nil
    }

    /// What is stored of the unit. Where all its pages come again as they were, nobody asks.
    mutating func know(_ stored: [RecordKey: StoredRecord]) {
        self.stored = stored
        knowsRecords = true
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

    /// The page, if it was taken before and calls for nothing. Where a present record is wanted, each has to be read.
    func taken(_ digest: PageDigest) -> TakenPage? { wanted.isEmpty ? taken[digest] : nil }

    /// Passes over a page that ``taken(_:)`` has named.
    ///
    /// - Throws: ``SideFailure/malformed(_:detail:)`` when the pages go round in a circle.
    mutating func pass(_ page: TakenPage) throws(SideFailure) -> UnitStep {
        seenPages.insert(page.digest)
        hasPassedPages = true
        var step = UnitStep(records: page.records)
        try follow(page.next, &step)
        return step
    }

    /// Takes one page in.
    ///
    /// - Throws: as ``pass(_:)`` does.
    mutating func take(_ page: AttendancePage, _ digest: PageDigest) throws(SideFailure) -> UnitStep {
        var step = UnitStep(records: page.records.count)
        step.sawDaily = page.records.contains(where: \.daily)
        for record in page.records where record.day == unit.day {
            if let update = consider(record, &step) { step.updates.append(update) }
        }
        step.quarantined = page.unreadable.map {
            QuarantinedRecord(
                fingerprint: $0.fingerprint, student: $0.student, section: $0.section, school: $0.school,
                date: $0.date, reason: $0.reason)
        }
        seenPages.insert(digest)
        if step.forgetsTaken {
            taken = [:]
        } else if step.quarantined.isEmpty, taken[digest] == nil {
            // What can't be read is counted anew by each scan.
            step.taken = TakenPage(digest: digest, next: page.next, records: page.records.count)
        }
        try follow(page.next, &step)
        return step
    }

    private mutating func follow(_ cursor: String?, _ step: inout UnitStep) throws(SideFailure) {
        if let cursor {
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
            // An earlier process may have seen some that this one hasn't.
            if !resumed { step.outdated = taken.keys.filter { !seenPages.contains($0) } }
        }
        step.next = next
    }

    private mutating func consider(_ record: CleverRecord, _ step: inout UnitStep) -> RecordUpdate? {
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
        if record.daily, !isPresent(found), known.map(isPresent) ?? true {
            step.forgetsTaken = true
            if resumed || hasPassedPages || passedOver.contains(record.student) { mustReadAgain = true }
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
