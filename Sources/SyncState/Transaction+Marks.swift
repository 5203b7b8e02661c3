import AttendanceCore
import Foundation
import GRDB

/// What is stored of one key. A key without a row is present on both sides and in the base.
public struct StoredMark: Sendable, Equatable {
    public var base: Status = .present
    /// What Schoology showed when it was read last; nil before the first read.
    public var schoology: Status?
    /// The read that first showed it.
    public var schoologySeen: Timestamp?
    public var refusedClever: Status?
    public var refusedSchoology: Status?
    /// The side that was changed there and is left alone, as nothing is written to the other.
    public var drift: Side?
    /// The enrollment whose mark was seen or written last; nil where a version before this stored it.
    public var enrollment: Int64?

    public init() {}

    var isDefault: Bool {
        base == .present && (schoology ?? .present) == .present && refusedClever == nil && refusedSchoology == nil
            && drift == nil
    }

    /// Notes what a read showed, keeping the time of the read that first showed it.
    public mutating func observe(_ status: Status, at now: Timestamp) {
        if (schoology ?? .present) != status { schoologySeen = now }
        schoology = status
    }
}

extension Transaction {
    public func mark(_ key: Key) throws -> StoredMark {
        guard
            let row = try row(
                """
                SELECT base, schoology, schoology_seen, refused_clever, refused_schoology, drift, enrollment
                FROM mark
                WHERE section = ? AND student = ? AND day = ?
                """, [key.section, key.student, key.day.number])
        else { return StoredMark() }
        var mark = StoredMark()
        mark.base = Status(rawValue: row[0]) ?? .present
        mark.schoology = (row[1] as Int?).flatMap(Status.init(rawValue:))
        mark.schoologySeen = (row[2] as Int64?).map(Timestamp.init(milliseconds:))
        mark.refusedClever = (row[3] as Int?).flatMap(Status.init(rawValue:))
        mark.refusedSchoology = (row[4] as Int?).flatMap(Status.init(rawValue:))
        mark.drift = (row[5] as Int?).flatMap(Side.init(code:))
        mark.enrollment = row[6]
        return mark
    }

    /// Stores a key, or removes its row once it says nothing but present.
    public func save(_ mark: StoredMark, _ key: Key) throws {
        if mark.isDefault {
            try run(
                "DELETE FROM mark WHERE section = ? AND student = ? AND day = ?",
                [key.section, key.student, key.day.number])
            return
        }
        try run(
            """
            INSERT INTO mark(section, student, day, base, schoology, schoology_seen, refused_clever, refused_schoology,
                drift, enrollment)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(section, student, day) DO UPDATE SET base = excluded.base, schoology = excluded.schoology,
                schoology_seen = excluded.schoology_seen, refused_clever = excluded.refused_clever,
                refused_schoology = excluded.refused_schoology, drift = excluded.drift,
                enrollment = excluded.enrollment
            """,
            [
                key.section, key.student, key.day.number, mark.base.rawValue, mark.schoology?.rawValue,
                mark.schoologySeen?.milliseconds, mark.refusedClever?.rawValue, mark.refusedSchoology?.rawValue,
                mark.drift?.code, mark.enrollment,
            ])
    }

    /// Keys of a section of which something is stored, with what Schoology showed when they were read last, and of which
    /// enrollment.
    public func storedKeys(
        section: Int64, from first: Day, through last: Day
    ) throws -> [(key: Key, schoology: Status, enrollment: Int64?)] {
        try rows(
            "SELECT student, day, schoology, enrollment FROM mark WHERE section = ? AND day BETWEEN ? AND ?",
            [section, first.number, last.number]
        ).map { row in
            (
                Key(section: section, student: row[0], day: Day(number: row[1])),
                (row[2] as Int?).flatMap(Status.init(rawValue:)) ?? .present, row[3]
            )
        }
    }

    /// Adds a line to the audit trail. `side` nil: only the base moved, both sides already said so.
    public func audit(
        _ key: Key, side: Side?, was: Status, now status: Status, cause: String, cycle: Int64, at now: Timestamp
    ) throws {
        let ids = try cleverIDs(key)
        let digest = AuditChain.digest(
            after: try auditHead(), at: now.milliseconds, cycle: cycle, student: ids.student, section: ids.section,
            day: key.day.number, side: side?.code ?? 0, was: was.rawValue, now: status.rawValue, cause: cause)
        try run(
            """
            INSERT INTO audit(at, cycle, section, student, day, side, was, now, cause, digest)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                now.milliseconds, cycle, key.section, key.student, key.day.number, side?.code ?? 0, was.rawValue,
                status.rawValue, cause, Data(digest),
            ])
    }
}

extension Side {
    /// How the state spells a side.
    var code: Int {
        switch self {
        case .schoology: 1
        case .clever: 2
        }
    }

    init?(code: Int) {
        switch code {
        case 1: self = .schoology
        case 2: self = .clever
        default: return nil
        }
    }
}
