import AttendanceCore
import GRDB

/// The scan of Clever's attendance that is under way.
public struct Scan: Sendable, Equatable {
    public var id: Int64
    /// The `last_attendance_sync` it reads up to.
    public var target: Timestamp
    /// The attendance date that was today when it began.
    public var today: Day
    /// Whether it reads the whole lookback.
    public var complete: Bool
    public var started: Timestamp
}

/// One day of one school: read page by page, each stored with where the next begins.
public struct ScanUnit: Sendable, Equatable {
    public var day: Day
    public var school: Int64
    public var schoolCleverID: String
    /// The next page, as Clever named it; nil before the first.
    public var next: String?

    public init(day: Day, school: Int64, schoolCleverID: String, next: String? = nil) {
        self.day = day
        self.school = school
        self.schoolCleverID = schoolCleverID
        self.next = next
    }
}

/// A record as stored, to tell what a page changes.
public struct StoredRecord: Sendable, Equatable {
    public var status: CleverStatus
    public var code: String?
    public var modified: Timestamp

    public init(status: CleverStatus, code: String?, modified: Timestamp) {
        self.status = status
        self.code = code
        self.modified = modified
    }
}

/// A record's place within its unit: Clever's ids, no section for a daily record.
public struct RecordKey: Hashable, Sendable {
    public var student: CleverID
    public var section: CleverID?

    public init(student: CleverID, section: CleverID?) {
        self.student = student
        self.section = section
    }
}

/// A record that is new or newer than what is stored.
public struct RecordUpdate: Sendable, Equatable {
    public var key: RecordKey
    public var status: CleverStatus
    public var code: String?
    public var sisID: String?
    public var modified: Timestamp

    public init(key: RecordKey, status: CleverStatus, code: String?, sisID: String?, modified: Timestamp) {
        self.key = key
        self.status = status
        self.code = code
        self.sisID = sisID
        self.modified = modified
    }
}

/// A record that could not be understood.
public struct QuarantinedRecord: Sendable, Equatable {
    public var fingerprint: String
    public var student: String?
    public var section: String?
    public var school: String?
    public var date: String?
    public var reason: String

    public init(
        fingerprint: String, student: String?, section: String?, school: String?, date: String?, reason: String
    ) {
        self.fingerprint = fingerprint
        self.student = student
        self.section = section
        self.school = school
        self.date = date
        self.reason = reason
    }
}

extension Transaction {
    public func scan() throws -> Scan? {
        try row("SELECT id, target, today, complete, started FROM scan").map {
            Scan(
                id: $0[0], target: Timestamp(milliseconds: $0[1]), today: Day(number: $0[2]), complete: $0[3],
                started: Timestamp(milliseconds: $0[4]))
        }
    }

    /// Starts a scan of these days and schools in the place of any other.
    public func beginScan(
        target: Timestamp, today: Day, days: [Day], schools: [Int64], complete: Bool, now: Timestamp
    ) throws -> Scan {
        let id = (try row("SELECT max(id) FROM scan")?[0] as Int64?).map { $0 + 1 } ?? now.milliseconds
        try run("DELETE FROM scan")
        try run("DELETE FROM scan_unit")
        if complete, let oldest = days.min() { try forgetTakenPages(before: oldest) }
        try run(
            "INSERT INTO scan(id, target, today, complete, started) VALUES (?, ?, ?, ?, ?)",
            [id, target.milliseconds, today.number, complete, now.milliseconds])
        for day in days {
            for school in schools {
                try run("INSERT INTO scan_unit(day, school) VALUES (?, ?)", [day.number, school])
            }
        }
        return Scan(id: id, target: target, today: today, complete: complete, started: now)
    }

    /// Units not read to their last page, newest day first.
    public func unitsToRead(onlyDay day: Day?) throws -> [ScanUnit] {
        try rows(
            """
            SELECT scan_unit.day, scan_unit.school, school.clever_id, scan_unit.next
            FROM scan_unit JOIN school ON school.id = scan_unit.school
            WHERE done = 0 AND (?1 IS NULL OR day = ?1) ORDER BY day DESC, school.clever_id
            """, [day?.number]
        ).map { ScanUnit(day: Day(number: $0[0]), school: $0[1], schoolCleverID: $0[2], next: $0[3]) }
    }

    /// What is stored for one unit: the records that mean, or once meant, something other than present.
    public func storedRecords(day: Day, school: Int64) throws -> [RecordKey: StoredRecord] {
        var stored: [RecordKey: StoredRecord] = [:]
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT student.clever_id, section.clever_id, clever_record.status, code, modified
                    FROM clever_record JOIN student ON student.id = clever_record.student
                    LEFT JOIN section ON section.id = clever_record.section
                    WHERE day = ? AND clever_record.school = ?
                    """), arguments: [day.number, school])
        while let row = try cursor.next() {
            stored[Self.recordKey(student: row[0], section: row[1])] = StoredRecord(
                status: CleverStatus(rawValue: row[2]) ?? .present, code: row[3],
                modified: Timestamp(milliseconds: row[4]))
        }
        return stored
    }

    static func recordKey(student: String, section: String?) -> RecordKey {
        RecordKey(student: CleverID(student), section: section.map { CleverID($0) })
    }

    /// Stores what one page calls for and, where it is of a scan, the cursor of the next.
    ///
    /// - Returns: the records that are quarantined for the first time.
    public func storePage(_ step: UnitStep, of unit: ScanUnit, scan: Scan?, now: Timestamp) throws
        -> [QuarantinedRecord]
    {
        if step.sawDaily {
            try run("UPDATE school SET takes_daily = 1 WHERE id = ? AND NOT takes_daily", [unit.school])
        }
        try storeRecords(step.updates, of: unit)
        var fresh: [QuarantinedRecord] = []
        for record in step.quarantined where try quarantine(record, scan: scan?.id ?? Self.noScan, now: now) {
            fresh.append(record)
        }
        try storeTakenPages(step, of: unit)
        if scan != nil {
            try run(
                """
                UPDATE scan_unit SET next = ?, pages = pages + 1, records = records + ?, changed = changed + ?, done = ?
                WHERE day = ? AND school = ?
                """, [step.next, step.records, step.updates.count, step.done, unit.day.number, unit.school])
        }
        return fresh
    }

    /// The records of one page.
    private func storeRecords(_ updates: [RecordUpdate], of unit: ScanUnit) throws {
        var students = InternedIDs()
        var sections = InternedIDs()
        for update in updates {
            try storeRecord(
                day: unit.day, school: unit.school, student: students.id(of: update.key.student, internStudent),
                section: update.key.section.map { try sections.id(of: $0, internSection) } ?? 0,
                status: update.status, code: update.code, sisID: update.sisID, modified: update.modified)
        }
        if students.hasNew || sections.hasNew { try set(.rosterWanted, 1) }
    }

    /// The numbers that stand for Clever's ids: the same few come back again and again within a page.
    private struct InternedIDs {
        /// One of them was not known before.
        private(set) var hasNew = false
        private var known: [CleverID: Int64] = [:]

        mutating func id(
            of cleverID: CleverID, _ intern: (String) throws -> (id: Int64, isNew: Bool)
        ) rethrows -> Int64 {
            if let id = known[cleverID] { return id }
            let (id, isNew) = try intern(cleverID.text)
            hasNew = hasNew || isNew
            known[cleverID] = id
            return id
        }
    }

    /// Stores a record if it is newer than what is stored. One that says something else is to be decided.
    ///
    /// - Parameter section: 0 for a daily record.
    public func storeRecord(
        day: Day, school: Int64, student: Int64, section: Int64, status: CleverStatus, code: String?, sisID: String?,
        modified: Timestamp
    ) throws {
        try run(
            """
            INSERT INTO clever_record(day, school, student, section, status, code, sis_id, modified, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT(day, school, student, section) DO UPDATE SET
                state = CASE WHEN status = excluded.status AND code IS excluded.code THEN state ELSE 1 END,
                status = excluded.status, code = excluded.code, sis_id = excluded.sis_id, modified = excluded.modified
            WHERE excluded.modified > modified
            """, [day.number, school, student, section, status.rawValue, code, sisID, modified.milliseconds])
    }

    /// Starts a unit again from its first page.
    public func restartUnit(day: Day, school: Int64) throws {
        try run("UPDATE scan_unit SET next = NULL, done = 0 WHERE day = ? AND school = ?", [day.number, school])
    }

    /// Ends a unit whose school answers 404.
    public func setUnitMissing(day: Day, school: Int64) throws {
        try run("UPDATE scan_unit SET next = NULL, done = 2 WHERE day = ? AND school = ?", [day.number, school])
    }

    /// Units that answered 404 though the school has answered for another day are to be read after all.
    public func reopenMissingUnits() throws -> Bool {
        try run(
            """
            UPDATE scan_unit SET done = 0 WHERE done = 2
                AND EXISTS(SELECT 1 FROM scan_unit other WHERE other.school = scan_unit.school AND other.pages > 0)
            """)
        return db.changesCount > 0
    }

    /// Whether the school's attendance was ever answered: in this scan, or by a record that is stored.
    public func hasAnswered(school: Int64) throws -> Bool {
        try count(
            """
            SELECT EXISTS(SELECT 1 FROM scan_unit WHERE school = ?1 AND pages > 0)
                OR EXISTS(SELECT 1 FROM clever_record JOIN section ON section.id = clever_record.section
                    WHERE clever_record.school = ?1)
                OR EXISTS(SELECT 1 FROM clever_record WHERE section = 0 AND school = ?1)
            """, [school]) == 1
    }

    /// Pages, records and changes of the scan so far.
    public func scanTotals() throws -> (pages: Int, records: Int, changed: Int) {
        guard let row = try row("SELECT total(pages), total(records), total(changed) FROM scan_unit") else {
            return (0, 0, 0)
        }
        return (Int(row[0] as Double), Int(row[1] as Double), Int(row[2] as Double))
    }

    /// The whole window was read and decided: the watermark advances.
    public func finishScan(_ scan: Scan, fullScanDay: Day?) throws {
        try run("DELETE FROM scan_unit")
        try run("DELETE FROM scan")
        try set(.watermark, scan.target.milliseconds)
        if let fullScanDay { try set(.lastFullScanDay, Int64(fullScanDay.number)) }
        if scan.complete {
            try set(.fullScanWatermark, scan.target.milliseconds)
            // What a whole scan no longer shows was mended at its source.
            try run("DELETE FROM quarantine WHERE scan NOT IN (?, ?)", [scan.id, Self.noScan])
        }
    }

    /// What a backfill found was no scan's, and is out of their sight.
    private static let noScan: Int64 = -1

    private func quarantine(_ record: QuarantinedRecord, scan: Int64, now: Timestamp) throws -> Bool {
        try run(
            "UPDATE quarantine SET last_seen = ?, scan = ? WHERE fingerprint = ?",
            [now.milliseconds, scan, record.fingerprint])
        guard db.changesCount == 0 else { return false }
        try run(
            """
            INSERT INTO quarantine(fingerprint, student, section, school, date, reason, first_seen, last_seen, scan)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                record.fingerprint, record.student, record.section, record.school, record.date, record.reason,
                now.milliseconds, now.milliseconds, scan,
            ])
        return true
    }
}
