import AttendanceCore
import GRDB

/// A line of the audit trail with the key that it is about.
public struct AuditEntry: Sendable, Equatable {
    public var id: Int64
    public var at: Timestamp
    public var cycle: Int64
    public var cleverStudent: String
    public var cleverSection: String
    public var schoologySection: Int64?
    public var day: Day
    /// The side that was written; nil: what both agree on.
    public var side: Side?
    public var was: Status
    public var now: Status
    public var cause: String
}

/// Which lines of the audit trail are wanted.
public struct AuditFilter: Sendable, Equatable {
    public var since: Timestamp?
    /// Interned.
    public var student: Int64?
    public var section: Int64?

    public init(since: Timestamp? = nil, student: Int64? = nil, section: Int64? = nil) {
        self.since = since
        self.student = student
        self.section = section
    }
}

/// The audit trail as it is read, oldest first.
extension Transaction {
    /// The next lines after the one with this id. A reader takes them in pieces, so that a million of them are never
    /// in memory and no one view of the state is held open while a person looks.
    public func auditEntries(_ filter: AuditFilter, after id: Int64, limit: Int) throws -> [AuditEntry] {
        var conditions = ["audit.id > ?"]
        var values: [(any DatabaseValueConvertible)?] = [id]
        func add(_ condition: String, _ value: Int64?) {
            guard let value else { return }
            conditions.append(condition)
            values.append(value)
        }
        add("at >= ?", filter.since?.milliseconds)
        add("audit.section = ?", filter.section)
        add("audit.student = ?", filter.student)
        values.append(limit)
        return try rows(
            """
            SELECT audit.id, at, cycle, student.clever_id, section.clever_id, section.schoology_id, day, side, was, now,
                cause
            FROM audit LEFT JOIN student ON student.id = audit.student LEFT JOIN section ON section.id = audit.section
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY audit.id LIMIT ?
            """, StatementArguments(values)
        ).map { row in
            AuditEntry(
                id: row[0], at: Timestamp(milliseconds: row[1]), cycle: row[2], cleverStudent: row[3] ?? "",
                cleverSection: row[4] ?? "", schoologySection: row[5], day: Day(number: row[6]),
                side: Side(code: row[7]), was: Status(rawValue: row[8]) ?? .present,
                now: Status(rawValue: row[9]) ?? .present, cause: row[10])
        }
    }

    /// A section by Clever's id, or by Schoology's where Clever has none like it.
    public func section(named id: String) throws -> Int64? {
        if let row = try row("SELECT id FROM section WHERE clever_id = ?", [id]) { return row[0] }
        guard let number = Int64(id) else { return nil }
        return try row("SELECT id FROM section WHERE schoology_id = ? ORDER BY generation DESC LIMIT 1", [number])?[0]
    }

    /// A student by Clever's id, or by Schoology's uid where Clever has none like it.
    public func student(named id: String) throws -> Int64? {
        if let student = try student(cleverID: id) { return student }
        guard let number = Int64(id) else { return nil }
        return try row("SELECT id FROM student WHERE uid = ? ORDER BY generation DESC LIMIT 1", [number])?[0]
    }

    /// Where the trail begins: the oldest line that is kept, and whether older ones were purged.
    public func auditBeginning() throws -> (oldest: Timestamp?, isPurged: Bool) {
        let first = try row("SELECT at FROM audit ORDER BY id LIMIT 1")?[0] as Int64?
        return (first.map(Timestamp.init(milliseconds:)), try text(.auditAnchor) != nil)
    }

    /// Lines that were cut off at the end, as far as that shows: the newest number that SQLite has given out is kept
    /// apart from the lines.
    public func auditLinesCutOff() throws -> Bool {
        let newest = try row("SELECT max(id) FROM audit")?[0] as Int64?
        let given = try row("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")?[0] as Int64?
        guard let given else { return false }
        // All of them may have been purged.
        guard let newest else { return try text(.auditAnchor) == nil }
        return newest < given
    }

    /// The line that has this digest, which somebody noted down.
    ///
    /// - Parameter digest: in hexadecimal.
    public func auditLine(digest: String) throws -> (id: Int64, at: Timestamp)? {
        try row("SELECT id, at FROM audit WHERE lower(hex(digest)) = lower(?)", [digest])
            .map { ($0[0], Timestamp(milliseconds: $0[1])) }
    }
}
