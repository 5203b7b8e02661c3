import AttendanceCore
import GRDB

/// What a row of `attendance.csv` needs to know of its key, in the district's own ids.
public struct RowPlace: Sendable, Equatable {
    public var student: String?
    public var school: String?
    public var section: String?
    /// The Clever mark of this key comes from a daily record, so the row goes back as one.
    public var isDaily: Bool
    /// `sis_id` of the record that the row replaces; nil where there is none, or where it has no such id.
    public var record: String?
    /// What that record says; present where there is none.
    public var status = CleverStatus.present
    public var excuseCode: String?
}

/// A mark that Clever has to be asked about: a row for it is to be sent for the first time, or one was given up.
public struct RowLookup: Sendable, Equatable {
    public var key: Key
    /// The row that waits, in the outbox.
    public var row: Int64?
    public var sectionCleverID: String
    public var school: Int64?
    public var schoolCleverID: String?
    /// A daily record may stand behind the key, too.
    public var mayBeDaily: Bool
    /// Clever's roster has the section.
    public var isListed: Bool
}

/// The rows of `attendance.csv`: writes to Clever. They stay in the outbox until Clever shows them.
extension Transaction {
    /// How many rows have never been uploaded and could go.
    public func rowsToUpload() throws -> Int {
        try count("SELECT count(*) FROM outbox WHERE side = 2 AND state = 0 AND NOT eclipsed AND coalesce(held, 0) = 0")
    }

    /// How many rows of earlier days the file leaves out.
    public func rowsLeftOut(before day: Day) throws -> Int {
        try count(
            "SELECT count(*) FROM outbox WHERE side = 2 AND state <> 2 AND eclipsed AND coalesce(held, 0) = 0 AND day < ?",
            [day.number])
    }

    /// Every row that Clever doesn't show yet, oldest decision first.
    public func rowsForClever() throws -> [OutboxItem] {
        try rows("SELECT \(Self.outboxColumns) FROM outbox WHERE side = 2 AND state <> 2 ORDER BY created, id")
            .map(Self.outboxItem)
    }

    public func rowPlace(_ key: Key, daily policy: DailyPolicy) throws -> RowPlace {
        let student = try row("SELECT sis_id FROM student WHERE id = ?", [key.student])?[0] as String?
        let section = try row("SELECT sis_id, school FROM section WHERE id = ?", [key.section])
        var place = RowPlace(
            student: student, school: try sisID(school: section?[1]), section: section?[0], isDaily: false, record: nil)
        for row in try rows(
            """
            SELECT section, sis_id, school, status, code FROM clever_record INDEXED BY clever_record_key
            WHERE student = ? AND day = ? AND section IN (?, 0) ORDER BY section
            """, [key.student, key.day.number, key.section])
        {
            let school: Int64 = row[2]
            let status = CleverStatus(rawValue: row[3]) ?? .present
            if (row[0] as Int64) != 0 {
                // It outranks the daily record, which comes before it here.
                place.isDaily = false
                place.record = row[1]
                (place.status, place.excuseCode) = (status, row[4])
                place.school = try sisID(school: section?[1])
            } else if try dailyTargets(student: key.student, school: school, policy: policy).contains(key.section) {
                place.isDaily = true
                place.record = row[1]
                (place.status, place.excuseCode) = (status, row[4])
                place.school = try sisID(school: school)
            }
        }
        return place
    }

    private func sisID(school: Int64?) throws -> String? {
        guard let school else { return nil }
        return try row("SELECT sis_id FROM school WHERE id = ?", [school])?[0]
    }

    /// Rows whose record in Clever isn't known. The day is older than what has been read up to the watermark: then they
    /// are looked up before every upload that carries them, as the office may have changed it. Or the row was never
    /// sent, and no record is stored for the key, as a present one takes no row here.
    public func rowsToLookUp(daily policy: DailyPolicy, readFrom first: Day) throws -> [RowLookup] {
        try rows(
            """
            SELECT \(Self.outboxColumns) FROM outbox
            WHERE side = 2 AND state <> 2 AND coalesce(held, 0) = 0 AND (day < ? OR (state = 0 AND looked_up = 0))
            """, [first.number]
        ).map(Self.outboxItem)
            .compactMap { try lookup($0.key, row: $0.id, daily: policy, readFrom: first) }
    }

    /// Rows of days that are not read any more, given up once a file had carried them. Where another row has taken the place
    /// of one, that one is looked up.
    public func withdrawnRowsToLookUp(daily policy: DailyPolicy, readFrom first: Day) throws -> [RowLookup] {
        try withdrawnRows(before: first).compactMap { key in
            try outboxItem(key, side: .clever) == nil ? lookup(key, row: nil, daily: policy, readFrom: first) : nil
        }
    }

    private func lookup(_ key: Key, row: Int64?, daily policy: DailyPolicy, readFrom first: Day) throws -> RowLookup? {
        let stored = try rows(
            """
            SELECT section FROM clever_record INDEXED BY clever_record_key
            WHERE student = ? AND day = ? AND section IN (?, 0)
            """, [key.student, key.day.number, key.section]
        ).map { $0[0] as Int64 }
        guard key.day < first || !stored.contains(key.section),
            let section = try self.row("SELECT clever_id, school, generation FROM section WHERE id = ?", [key.section])
        else { return nil }
        let schoolID: Int64? = section[1]
        let school = try schoolID.flatMap {
            try self.row("SELECT clever_id, takes_daily FROM school WHERE id = ?", [$0])
        }
        let isTarget =
            try schoolID.map {
                try dailyTargets(student: key.student, school: $0, policy: policy).contains(key.section)
            } ?? false
        return RowLookup(
            key: key, row: row, sectionCleverID: section[0], school: schoolID, schoolCleverID: school?[0],
            mayBeDaily: isTarget && (school?[1] ?? false) && (key.day < first || !stored.contains(0)),
            isListed: (section[2] as Int64) >= (try number(.rosterGeneration) ?? 0))
    }

    /// The records that rows for Clever may replace, on one day of one school: the section's own and the daily one.
    public func recordsBehindRows(day: Day, school: Int64) throws -> Set<RecordKey> {
        var keys: Set<RecordKey> = []
        for row in try rows(
            """
            SELECT student.clever_id, section.clever_id FROM outbox
            JOIN student ON student.id = outbox.student JOIN section ON section.id = outbox.section
            WHERE outbox.side = 2 AND outbox.day = ? AND section.school = ?
            """, [day.number, school])
        {
            keys.insert(Self.recordKey(student: row[0], section: row[1]))
            keys.insert(Self.recordKey(student: row[0], section: nil))
        }
        return keys
    }

    public func student(cleverID: String) throws -> Int64? {
        try row("SELECT id FROM student WHERE clever_id = ?", [cleverID])?[0]
    }

    public func markLookedUp(_ ids: [Int64]) throws {
        for id in ids { try run("UPDATE outbox SET looked_up = 1 WHERE id = ?", [id]) }
    }

    /// Notes which rows the file leaves out, and why.
    public func setLeftOut(_ rows: [(OutboxItem, reason: String)]) throws {
        try run("UPDATE outbox SET eclipsed = 0, message = NULL WHERE eclipsed")
        for (item, reason) in rows {
            try run("UPDATE outbox SET eclipsed = 1, message = ? WHERE id = ?", [reason, item.id])
        }
    }

    /// The file is about to be uploaded with these rows: from here on Clever may show them. One that puts back says
    /// what the office has said already, so that it is nothing to recognise.
    public func markUploading(_ items: [OutboxItem]) throws {
        for item in items where !item.isPutBack {
            try run("UPDATE outbox SET uploads = uploads | ? WHERE id = ?", [item.status.bit, item.id])
        }
    }

    /// The file with these rows has its real name on the server.
    public func markUploaded(_ items: [OutboxItem], watermark: Timestamp?, now: Timestamp) throws {
        var outdated: [OutboxItem] = []
        for item in items {
            try run(
                """
                UPDATE outbox SET state = 3, uploaded = coalesce(uploaded, ?1),
                    uploaded_watermark = CASE WHEN uploaded IS NULL THEN ?2 ELSE uploaded_watermark END,
                    code = NULL, message = NULL WHERE id = ?3 AND status = ?4
                """, [now.milliseconds, watermark?.milliseconds, item.id, item.status.rawValue])
            // An operator may have taken another decision meanwhile.
            if db.changesCount == 0 { outdated.append(item) }
        }
        try run("DELETE FROM csv_row")
        for item in items {
            try run(
                "INSERT INTO csv_row(section, student, day, status) VALUES (?, ?, ?, ?)",
                [item.key.section, item.key.student, item.key.day.number, item.status.rawValue])
        }
        try set(.csvUploadedAt, now.milliseconds)
        try set(.csvIsOutdated, outdated.isEmpty ? nil : 1)
        try noteWithdrawnRowsReplaced(but: outdated, at: now)
        try set(.csvProblem, text: nil)
    }

    /// Clever says something else of a key than the file on the server, which it has taken already. Should Clever read
    /// the same file once more, the row would undo the office's edit: the file is to be replaced.
    public func noteOutdatedRow(_ key: Key, clever: Status) throws {
        let row = try row(
            "SELECT status FROM csv_row WHERE section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number])
        guard let row, row[0] != clever.rawValue else { return }
        try set(.csvIsOutdated, 1)
    }

    /// Whether the file on the server says something of that key.
    public func isInFile(_ key: Key) throws -> Bool {
        try row(
            "SELECT 1 FROM csv_row WHERE section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number]) != nil
    }

    /// Rows that Clever has had for too long without showing them, and that this wasn't said of before.
    public func newlyOverdueRows(uploadedBefore limit: Timestamp) throws -> [OutboxItem] {
        let overdue = try rows(
            "SELECT \(Self.outboxColumns) FROM outbox WHERE side = 2 AND state = 3 AND NOT overdue AND uploaded < ? ORDER BY uploaded",
            [limit.milliseconds]
        ).map(Self.outboxItem)
        for item in overdue { try run("UPDATE outbox SET overdue = 1 WHERE id = ?", [item.id]) }
        return overdue
    }

    /// When the oldest row that Clever doesn't show yet was uploaded.
    public func oldestUnconfirmed() throws -> Timestamp? {
        (try row("SELECT min(uploaded) FROM outbox WHERE side = 2 AND state = 3")?[0] as Int64?)
            .map(Timestamp.init(milliseconds:))
    }

    /// A row has become a change of its own again, is judged like any other, and is sent anew; see
    /// ``OutboxItem/isPutBack``.
    public func clearPutBack(_ id: Int64, cause: String, cycle: Int64, now: Timestamp) throws {
        try run(
            """
            UPDATE outbox SET put_back = 0, state = 0, uploaded = NULL, uploaded_watermark = NULL, overdue = 0,
                cause = ?, cycle = ?, created = ?, undoes = NULL, held = ? WHERE id = ?
            """, [cause, cycle, now.milliseconds, OutboxItem.isOperators(cause) ? 0 : nil, id])
    }
}
