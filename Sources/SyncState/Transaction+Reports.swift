import AttendanceCore
import GRDB

/// One cycle as it was stored.
public struct StoredCycle: Sendable, Equatable {
    public var id: Int64
    public var kind: String
    public var started: Timestamp
    public var finished: Timestamp?
    public var outcome: String?
    public var reason: String?
}

/// A section, student or enrollment that has no place on the other side.
public struct Unmatched: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case section
        case student
        /// Both are matched, but the student is no active member of the section.
        case enrollment
    }

    public var kind: Kind
    /// The side that has it.
    public var side: Side
    public var cleverStudent: String?
    public var cleverSection: String?
    /// Schoology's section id for a section, uid for a student.
    public var schoologyID: Int64?
    public var reason: String
    /// Attendance records that wait for it.
    public var records: Int
}

/// One key with everything that rows of the commands show of it.
public struct KeyDetail: Sendable, Equatable {
    public var cleverStudent: String
    public var cleverSection: String
    public var schoologySection: Int64?
    public var enrollment: Int64?
    public var day: Day
    public var base: Status
    /// Clever's own words, and Schoology's status as it was read last.
    public var clever: CleverMark?
    public var schoology: Status?
}

/// What the reading commands show. `state <> 0` beside another condition on it lets SQLite use the partial index.
extension Transaction {
    public func lastCycle() throws -> StoredCycle? {
        try row("SELECT id, kind, started, finished, outcome, reason FROM cycle ORDER BY id DESC LIMIT 1")
            .map(Self.cycle)
    }

    /// The newest cycle that asked both sides and stored what it decided.
    public func lastGoodCycle() throws -> StoredCycle? {
        try row(
            """
            SELECT id, kind, started, finished, outcome, reason FROM cycle
            WHERE outcome IN ('done', 'incomplete') AND kind <> 'read_back' ORDER BY id DESC LIMIT 1
            """
        ).map(Self.cycle)
    }

    /// PUT requests that the pending writes need at that batch size, and the sections to read before them.
    public func pendingRequests(batchSize: Int) throws -> (puts: Int, sections: Int) {
        let sizes = try rows(
            """
            SELECT count(*) FROM outbox WHERE side = 1 AND state <> 2 AND coalesce(held, 0) = 0 GROUP BY section
            """
        ).map { $0[0] as Int }
        return (sizes.reduce(0) { $0 + ($1 + batchSize - 1) / batchSize }, sizes.count)
    }

    public func keyDetail(_ key: Key, daily: DailyPolicy) throws -> KeyDetail {
        let ids = try cleverIDs(key)
        let placement = try? placement(section: key.section, student: key.student)
        let mark = try mark(key)
        return KeyDetail(
            cleverStudent: ids.student, cleverSection: ids.section,
            schoologySection: try placement?.schoologySection ?? section(key.section)?.schoologyID,
            enrollment: placement?.enrollment, day: key.day, base: mark.base,
            clever: try cleverMark(key, daily: daily), schoology: mark.schoology)
    }

    /// Everything found on one side only, with the reason, sections first.
    public func unmatched() throws -> [Unmatched] {
        let generation = try number(.rosterGeneration) ?? 0
        let sections = try rows(
            """
            SELECT clever_id, match_reason, (SELECT count(*) FROM clever_record
                WHERE clever_record.section = section.id AND clever_record.state = 2 AND clever_record.state <> 0)
            FROM section WHERE match_kind IS NOT NULL AND generation >= ? ORDER BY clever_id
            """, [generation]
        ).map {
            Unmatched(kind: .section, side: .clever, cleverSection: $0[0], reason: $0[1], records: $0[2])
        }
        let students = try rows(
            """
            SELECT clever_id, match_reason, (SELECT count(*) FROM clever_record
                WHERE clever_record.student = student.id AND clever_record.state = 2 AND clever_record.state <> 0)
            FROM student WHERE match_kind IS NOT NULL AND generation >= ? ORDER BY clever_id
            """, [generation]
        ).map {
            Unmatched(kind: .student, side: .clever, cleverStudent: $0[0], reason: $0[1], records: $0[2])
        }
        // Ids that only an attendance record named, and people who are matched but not members of the section.
        let enrollments = try rows(
            """
            SELECT student.clever_id, section.clever_id, reason, count(*) FROM clever_record
            JOIN student ON student.id = clever_record.student
            LEFT JOIN section ON section.id = clever_record.section
            WHERE clever_record.state = 2 AND clever_record.state <> 0 AND student.match_kind IS NULL AND section.match_kind IS NULL
            GROUP BY student.clever_id, section.clever_id, reason ORDER BY 2, 1
            """
        ).map {
            Unmatched(
                kind: .enrollment, side: .clever, cleverStudent: $0[0], cleverSection: $0[1], reason: $0[2],
                records: $0[3])
        }
        let strangers = try rows(
            """
            SELECT DISTINCT uid, school_uid FROM schoology_enrollment
            JOIN section ON section.schoology_id = schoology_section
            WHERE admin = 0 AND status = 1 AND NOT EXISTS(SELECT 1 FROM student WHERE student.uid = schoology_enrollment.uid)
            ORDER BY uid
            """
        ).map { row -> Unmatched in
            let code = row[1] as String? ?? ""
            let reason =
                code.isEmpty ? "it has no school_uid in Schoology" : "no Clever student matches school_uid \(code)"
            return Unmatched(kind: .student, side: .schoology, schoologyID: row[0], reason: reason, records: 0)
        }
        return sections + students + enrollments + strangers
    }

    /// Removes a write on an operator's word: it is not proposed again until the side it came from changes.
    public func dropOutboxItem(_ item: OutboxItem, reason: String, now: Timestamp) throws {
        try refuse(item, cause: "operator dropped \(item.status): \(reason)", now: now)
    }

    func refuse(_ item: OutboxItem, cause: String, now: Timestamp) throws {
        var mark = try mark(item.key)
        switch item.side {
        case .schoology: mark.refusedClever = item.status
        case .clever:
            mark.refusedSchoology = item.status
            if !item.uploads.isEmpty { try set(.csvIsOutdated, 1) }
        }
        try save(mark, item.key)
        try audit(item.key, side: nil, was: mark.base, now: mark.base, cause: cause, cycle: item.cycle, at: now)
        switch item.side {
        case .schoology: try removeOutboxItem(item.id)
        case .clever: try withdraw(item)
        }
    }

    private static func cycle(_ row: Row) -> StoredCycle {
        StoredCycle(
            id: row[0], kind: row[1], started: Timestamp(milliseconds: row[2]),
            finished: (row[3] as Int64?).map(Timestamp.init(milliseconds:)), outcome: row[4], reason: row[5])
    }
}

/// One line of the audit trail.
public struct AuditLine: Sendable, Equatable {
    public var at: Timestamp
    public var cycle: Int64
    /// The side that was written; nil: what both agree on.
    public var side: Side?
    public var was: Status
    public var now: Status
    public var cause: String
}

extension Transaction {
    /// The key of a student in a section on a day, by Clever's ids; nil where the state knows one of them not.
    public func key(student: String, section: String, day: Day) throws -> Key? {
        guard let student = try self.student(cleverID: student),
            let section = try row("SELECT id FROM section WHERE clever_id = ?", [section])?[0] as Int64?
        else { return nil }
        return Key(section: section, student: student, day: day)
    }

    /// The audit trail of one key, oldest first.
    public func auditTrail(_ key: Key) throws -> [AuditLine] {
        try rows(
            "SELECT at, cycle, side, was, now, cause FROM audit WHERE section = ? AND student = ? AND day = ? ORDER BY id",
            [key.section, key.student, key.day.number]
        ).map { row in
            let side: Side? = row[2] == 1 ? .schoology : row[2] == 2 ? .clever : nil
            return AuditLine(
                at: Timestamp(milliseconds: row[0]), cycle: row[1], side: side,
                was: Status(rawValue: row[3]) ?? .present, now: Status(rawValue: row[4]) ?? .present, cause: row[5])
        }
    }

    /// The conflict log of one key, oldest first.
    public func conflicts(of key: Key) throws -> [StoredConflict] {
        try rows(
            "SELECT id FROM conflict WHERE section = ? AND student = ? AND day = ? ORDER BY id",
            [key.section, key.student, key.day.number]
        ).compactMap { try conflict(id: $0[0]) }
    }

    /// Every key that has a base other than the default, or had one, with it.
    public func bases() throws -> [(key: Key, base: Status)] {
        try rows("SELECT section, student, day, base FROM mark").map {
            (
                Key(section: $0[0], student: $0[1], day: Day(number: $0[2])),
                Status(rawValue: $0[3]) ?? .present
            )
        }
    }
}
