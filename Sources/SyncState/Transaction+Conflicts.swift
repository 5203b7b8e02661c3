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
    /// `last_modified` of Clever's record, and when the Schoology edit was seen.
    public var cleverModified: Timestamp?
    public var schoologySeen: Timestamp?
    public var policy: String
    public var outcome: String
    public var state: State
    public var detected: Timestamp
    public var cycle: Int64
    public var resolved: Timestamp?
    /// `policy:clever`, `operator:NAME`; nil while it is open, and where it dissolved by itself.
    public var resolvedBy: String?
    public var reason: String?
    /// What an operator decided that both sides become.
    public var decision: Status?
}

/// An operator's word on one conflict. It holds for as long as each side says what it said then, or what was decided;
/// when one moves on, the key is merged like any other.
public struct OperatorDecision: Sendable, Equatable {
    public var status: Status
    /// `operator:NAME`.
    public var cause: String
    var clever: Status
    var schoology: Status

    public func binds(clever: Status, schoology: Status) -> Bool {
        (clever == self.clever || clever == status) && (schoology == self.schoology || schoology == status)
    }
}

extension Transaction {
    /// Logs a conflict, unless the newest line of the key already says just this. An open line is brought up to
    /// date where a side moved again or a policy decides it now, so that its id stays good.
    ///
    /// - Returns: the line's id if it is new or has changed, else nil.
    public func logConflict(
        _ key: Key, _ input: MergeInput, policy: String, outcome: String, open: Bool, cycle: Int64, now: Timestamp
    ) throws -> Int64? {
        let last = try liveConflict(key)
        let resolved = open ? nil : now.milliseconds
        let resolver = open ? nil : "policy:\(policy)"
        if let last {
            let isSame = last.base == input.base && last.clever == input.clever && last.schoology == input.schoology
            if isSame, last.outcome == outcome, last.state == (open ? .open : .decided) { return nil }
            if last.state == .open {
                try run(
                    """
                    UPDATE conflict SET base = ?, clever = ?, schoology = ?, clever_modified = ?, schoology_seen = ?,
                        policy = ?, outcome = ?, state = ?, cycle = ?, resolved = ?, resolved_by = ? WHERE id = ?
                    """,
                    [
                        input.base.rawValue, input.clever.rawValue, input.schoology.rawValue,
                        input.cleverModified?.milliseconds, input.schoologySeen?.milliseconds, policy, outcome,
                        open ? 0 : 1, cycle, resolved, resolver, last.id,
                    ])
                return last.id
            }
        }
        try run(
            """
            INSERT INTO conflict(section, student, day, base, clever, schoology, clever_modified, schoology_seen,
                policy, outcome, state, detected, cycle, resolved, resolved_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                key.section, key.student, key.day.number, input.base.rawValue, input.clever.rawValue,
                input.schoology.rawValue, input.cleverModified?.milliseconds, input.schoologySeen?.milliseconds,
                policy, outcome, open ? 0 : 1, now.milliseconds, cycle, resolved, resolver,
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

    /// The operator's decision on the newest conflict of a key, if there is one that the sides have not outlived.
    public func operatorDecision(_ key: Key) throws -> OperatorDecision? {
        guard let conflict = try liveConflict(key), let decision = conflict.decision else { return nil }
        return OperatorDecision(
            status: decision, cause: conflict.resolvedBy ?? OutboxItem.operatorCause, clever: conflict.clever,
            schoology: conflict.schoology)
    }

    /// The newest conflict of a key, unless the sides have agreed since.
    public func liveConflict(_ key: Key) throws -> StoredConflict? {
        try row(
            """
            SELECT \(Self.conflictColumns) FROM conflict
            WHERE section = ? AND student = ? AND day = ? AND NOT over ORDER BY id DESC LIMIT 1
            """, [key.section, key.student, key.day.number]
        ).map(Self.conflict)
    }

    public func conflicts(openOnly: Bool) throws -> [StoredConflict] {
        try rows("SELECT \(Self.conflictColumns) FROM conflict WHERE NOT ? OR state = 0 ORDER BY id", [openOnly])
            .map(Self.conflict)
    }

    public func conflict(id: Int64) throws -> StoredConflict? {
        try row("SELECT \(Self.conflictColumns) FROM conflict WHERE id = ?", [id]).map(Self.conflict)
    }

    /// Decides an open conflict on an operator's word and puts the writes it calls for into the outbox, both in one
    /// step. A side that the direction doesn't write is left as it is, and what it says refused.
    ///
    /// - Parameters:
    ///   - status: what both sides are to become.
    ///   - outcome: in words, for the log.
    ///   - by: who decided; logged as `operator:<by>`.
    public func resolve(
        _ conflict: StoredConflict, status: Status, direction: Direction, outcome: String, by: String,
        reason: String?, now: Timestamp
    ) throws {
        let key = conflict.key
        let cause = "\(OutboxItem.operatorCause):\(by)"
        try run(
            """
            UPDATE conflict SET state = 1, decision = ?, outcome = ?, resolved = ?, resolved_by = ?, reason = ?
            WHERE id = ?
            """, [status.rawValue, outcome, now.milliseconds, cause, reason, conflict.id])
        try audit(
            key, side: nil, was: conflict.base, now: status,
            cause: "\(cause) decided conflict \(conflict.id)" + (reason.map { ": \($0)" } ?? ""),
            cycle: conflict.cycle, at: now)
        var mark = try mark(key)
        if conflict.schoology != status {
            if direction.writesSchoology {
                try enqueue(key, side: .schoology, status: status, cause: cause, cycle: conflict.cycle, now: now)
            } else {
                mark.refusedSchoology = conflict.schoology
            }
        }
        if conflict.clever != status {
            if direction.writesClever {
                try enqueue(key, side: .clever, status: status, cause: cause, cycle: conflict.cycle, now: now)
            } else {
                mark.refusedClever = conflict.clever
            }
        }
        try save(mark, key)
    }

    private static let conflictColumns = """
        id, section, student, day, base, clever, schoology, clever_modified, schoology_seen, policy, outcome, state,
        detected, cycle, resolved, resolved_by, reason, decision
        """

    private static func conflict(_ row: Row) -> StoredConflict {
        func time(_ index: Int) -> Timestamp? { (row[index] as Int64?).map(Timestamp.init(milliseconds:)) }
        func status(_ index: Int) -> Status { Status(rawValue: row[index]) ?? .present }
        return StoredConflict(
            id: row[0], key: Key(section: row[1], student: row[2], day: Day(number: row[3])), base: status(4),
            clever: status(5), schoology: status(6), cleverModified: time(7), schoologySeen: time(8), policy: row[9],
            outcome: row[10], state: StoredConflict.State(rawValue: row[11]) ?? .open,
            detected: Timestamp(milliseconds: row[12]), cycle: row[13], resolved: time(14), resolvedBy: row[15],
            reason: row[16], decision: (row[17] as Int?).flatMap(Status.init(rawValue:)))
    }
}
