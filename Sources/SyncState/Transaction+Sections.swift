import AttendanceCore
import GRDB

/// A section as the writer needs it.
public struct SectionPlace: Sendable, Equatable {
    public var cleverID: String
    public var schoologyID: Int64?
    public var suspendedUntil: Timestamp?
    /// When its window was last read whole.
    public var readAt: Timestamp?
}

extension Transaction {
    public func section(_ id: Int64) throws -> SectionPlace? {
        try row("SELECT clever_id, schoology_id, suspended_until, read_at FROM section WHERE id = ?", [id]).map {
            SectionPlace(
                cleverID: $0[0], schoologyID: $0[1],
                suspendedUntil: ($0[2] as Int64?).map(Timestamp.init(milliseconds:)),
                readAt: ($0[3] as Int64?).map(Timestamp.init(milliseconds:)))
        }
    }

    public func schoolCleverID(ofSection id: Int64) throws -> String? {
        try row(
            "SELECT school.clever_id FROM section JOIN school ON school.id = section.school WHERE section.id = ?", [id])?[
                0]
    }

    /// A 410: the section is not asked again before `until`. Nil lifts it.
    public func suspend(section: Int64, until: Timestamp?) throws {
        try run("UPDATE section SET suspended_until = ? WHERE id = ?", [until?.milliseconds, section])
    }
}
