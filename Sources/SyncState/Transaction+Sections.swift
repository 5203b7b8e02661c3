import AttendanceCore
import GRDB

/// A section as the writer needs it.
public struct SectionPlace: Sendable, Equatable {
    public var cleverID: String
    public var schoologyID: Int64?
    public var suspendedUntil: Timestamp?
}

extension Transaction {
    public func section(_ id: Int64) throws -> SectionPlace? {
        try row("SELECT clever_id, schoology_id, suspended_until FROM section WHERE id = ?", [id]).map {
            SectionPlace(
                cleverID: $0[0], schoologyID: $0[1],
                suspendedUntil: ($0[2] as Int64?).map(Timestamp.init(milliseconds:)))
        }
    }

    /// The matched students of a section, by their enrollment.
    public func studentsByEnrollment(schoologySection: Int64) throws -> [Int64: Int64] {
        var students: [Int64: Int64] = [:]
        for row in try rows(
            """
            SELECT schoology_enrollment.id, student.id FROM schoology_enrollment
            JOIN student ON student.uid = schoology_enrollment.uid WHERE schoology_section = ?
            """, [schoologySection])
        {
            students[row[0]] = row[1]
        }
        return students
    }

    /// A 410: the section is not asked again before `until`. Nil lifts it.
    public func suspend(section: Int64, until: Timestamp?) throws {
        try run("UPDATE section SET suspended_until = ? WHERE id = ?", [until?.milliseconds, section])
    }
}
