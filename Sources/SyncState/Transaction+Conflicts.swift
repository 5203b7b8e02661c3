import AttendanceCore
import GRDB

/// A line of the conflict log.
public struct StoredConflict: Sendable, Equatable {
    public enum State: Int, Sendable {
        case open = 0
        case decided = 1
        case dissolved = 2
    }

    public var id: Int64
    public var key: Key
    public var base: Status
    public var clever: Status
    public var schoology: Status
    public var policy: String
    public var outcome: String
    public var state: State
    public var detected: Timestamp
    public var cycle: Int64
}

extension Transaction {
    /// Logs a conflict, unless the newest line of the key already says just this.
    ///
    /// - Returns: the new line's id, or nil.
    public func logConflict(
        _ key: Key, _ input: MergeInput, policy: String, outcome: String, open: Bool, cycle: Int64, now: Timestamp
    ) throws -> Int64? {
        if let last = try row(
            """
            SELECT base, clever, schoology, outcome, state FROM conflict
            WHERE section = ? AND student = ? AND day = ? AND NOT over ORDER BY id DESC LIMIT 1
            """, [key.section, key.student, key.day.number]),
            last[0] == input.base.rawValue, last[1] == input.clever.rawValue, last[2] == input.schoology.rawValue,
            last[3] == outcome, (last[4] as Int) == (open ? 0 : 1)
        {
            return nil
        }
        // If a side moved again, the open line is history.
        try run(
            "UPDATE conflict SET state = 2, resolved = ? WHERE state = 0 AND section = ? AND student = ? AND day = ?",
            [now.milliseconds, key.section, key.student, key.day.number])
        try run(
            """
            INSERT INTO conflict(section, student, day, base, clever, schoology, clever_modified, schoology_seen,
                policy, outcome, state, detected, cycle, resolved, resolved_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                key.section, key.student, key.day.number, input.base.rawValue, input.clever.rawValue,
                input.schoology.rawValue, input.cleverModified?.milliseconds, input.schoologySeen?.milliseconds,
                policy, outcome, open ? 0 : 1, now.milliseconds, cycle, open ? nil : now.milliseconds,
                open ? nil : "policy:\(policy)",
            ])
        return db.lastInsertedRowID
    }

    /// The sides came to agree, or only one of them differs any more: an open line dissolves, and the same
    /// conflict, should it come again, is a new one.
    public func dissolveConflict(_ key: Key, now: Timestamp) throws {
        try run(
            "UPDATE conflict SET over = 1 WHERE NOT over AND section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number])
        try run(
            "UPDATE conflict SET state = 2, resolved = ? WHERE state = 0 AND section = ? AND student = ? AND day = ?",
            [now.milliseconds, key.section, key.student, key.day.number])
    }
}
