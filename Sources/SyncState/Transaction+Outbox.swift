import AttendanceCore
import GRDB

/// A write decided and not yet acknowledged.
public struct OutboxItem: Sendable, Equatable {
    public enum State: Int, Sendable {
        case pending = 0
        /// Sent, and nobody knows whether it arrived: read back before anything else. Stored as pending; that it was sent
        /// stands in the table `sent`.
        case unknown = 1
        /// Rejected for good.
        case dead = 2
        /// A row of `attendance.csv` that was uploaded, and that Clever doesn't show yet.
        case unconfirmed = 3
    }

    public var id: Int64
    public var side: Side
    public var key: Key
    /// What the side is to become.
    public var status: Status
    public var state: State
    /// Who decided it: `clever`, `schoology`, `policy:clever`, `operator:anna`, …
    public var cause: String
    public var cycle: Int64
    public var created: Timestamp
    /// Tries in this cycle.
    public var attempts: Int
    /// Cycles that have given it up so far.
    public var rounds: Int
    public var nextAttempt: Timestamp
    public var rosterRefreshed: Bool
    public var code: Int?
    public var message: String?
    /// Of a row for Clever: the statuses that `attendance.csv` has carried for this key.
    public var uploads: Set<Status> = []
    /// When the row, as it is, was first uploaded, and Clever's watermark then.
    public var uploaded: Timestamp?
    public var uploadedWatermark: Timestamp?
    /// It says what Clever shows already: it takes the place of a row that was uploaded and is no longer wanted.
    public var isPutBack = false
    public var isLookedUp = false
    /// Whether the safety valve lets it pass: nil not judged yet, 0 it does, else the batch that holds it.
    public var held: Int64?
    /// An operator's undo called for it: what the undone cycle had written.
    public var undoes: Status?

    /// How the cause of an operator's decision begins.
    public static let operatorCause = "operator"

    public var isOperators: Bool { Self.isOperators(cause) }

    /// Whether a cause is an operator's decision.
    public static func isOperators(_ cause: String) -> Bool { cause.hasPrefix(operatorCause) }

    public var isHeld: Bool { held ?? 0 != 0 }
}

extension Transaction {
    /// Decides that a side is to become `status`. Takes the place of an earlier write for the key, dead or not,
    /// and keeps the batch that holds it.
    ///
    /// What puts back, and what an operator decided mark by mark, passes the safety valve.
    ///
    /// - Parameters:
    ///   - isPutBack: see ``OutboxItem/isPutBack``.
    ///   - undoes: see ``OutboxItem/undoes``. That is judged by the valve like any other.
    public func enqueue(
        _ key: Key, side: Side, status: Status, cause: String, isPutBack: Bool = false, undoes: Status? = nil,
        cycle: Int64, now: Timestamp
    ) throws {
        let passes = isPutBack || (OutboxItem.isOperators(cause) && undoes == nil)
        try run(
            """
            INSERT INTO outbox(side, section, student, day, status, cause, cycle, created, put_back, held, undoes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(side, section, student, day) DO UPDATE SET
                state = 0, cause = excluded.cause, cycle = excluded.cycle,
                status = excluded.status, attempts = 0, rounds = 0, next_attempt = 0, roster_refreshed = 0,
                code = NULL, message = NULL, put_back = excluded.put_back, uploaded = NULL,
                uploaded_watermark = NULL, overdue = 0, looked_up = 0, eclipsed = 0, undoes = excluded.undoes,
                held = CASE WHEN excluded.held = 0 THEN 0 WHEN held > 0 THEN held END,
                created = CASE WHEN side = 2 THEN excluded.created ELSE created END
            """,
            [
                side.code, key.section, key.student, key.day.number, status.rawValue, cause, cycle, now.milliseconds,
                isPutBack, passes ? 0 : nil, undoes?.rawValue,
            ])
    }

    public func outboxItem(_ key: Key, side: Side) throws -> OutboxItem? {
        try row(
            "SELECT \(Self.outboxColumns) FROM outbox WHERE side = ? AND section = ? AND student = ? AND day = ?",
            [side.code, key.section, key.student, key.day.number]
        ).map(Self.outboxItem)
    }

    /// What waits for either side, asked for at once.
    public func outboxItems(_ key: Key) throws -> (toSchoology: OutboxItem?, toClever: OutboxItem?) {
        let items = try rows(
            "SELECT \(Self.outboxColumns) FROM outbox WHERE side IN (1, 2) AND section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number]
        ).map(Self.outboxItem)
        return (items.first { $0.side == .schoology }, items.first { $0.side == .clever })
    }

    /// Sections with writes that may go to Schoology now, and the day of each write.
    ///
    /// - Parameter dueBy: writes whose next attempt is later stay; nil takes them all.
    public func sectionsToPush(dueBy: Timestamp?, now: Timestamp) throws -> [PendingSection] {
        var sections: [Int64: [Day]] = [:]
        for row in try rows(
            """
            SELECT outbox.section, outbox.day FROM outbox JOIN section ON section.id = outbox.section
            WHERE side = 1 AND state <> 2 AND held = 0 AND (?1 IS NULL OR next_attempt <= ?1)
                AND (suspended_until IS NULL OR suspended_until <= ?2)
            """, [dueBy?.milliseconds, now.milliseconds])
        {
            sections[row[0], default: []].append(Day(number: row[1]))
        }
        return sections.map { PendingSection(section: $0.key, days: $0.value) }
    }

    /// A section's writes to Schoology that may go now, newest day first.
    public func itemsToPush(section: Int64, dueBy: Timestamp?) throws -> [OutboxItem] {
        try rows(
            """
            SELECT \(Self.outboxColumns) FROM outbox
            WHERE side = 1 AND state <> 2 AND held = 0 AND section = ?1 AND (?2 IS NULL OR next_attempt <= ?2)
            ORDER BY day DESC, student
            """, [section, dueBy?.milliseconds]
        ).map(Self.outboxItem)
    }

    /// To be tried again at `until`.
    ///
    /// - Parameters:
    ///   - outcome: how the try ended; nil where none was made.
    ///   - endsRound: this cycle has given it up, so that it has no tries left before the next.
    public func postpone(
        _ item: OutboxItem, until: Timestamp, code: Int?, message: String?, outcome: TryOutcome?, endsRound: Bool
    ) throws {
        if let outcome { try note(outcome, of: item.key) }
        try run(
            """
            UPDATE outbox SET state = 0, next_attempt = ?1, code = ?2, message = ?3,
                attempts = CASE WHEN ?4 THEN ?5 ELSE attempts END, rounds = rounds + ?4 WHERE id = ?6
            """,
            [until.milliseconds, code, message, endsRound, RetryPolicy.triesInACycle, item.id])
    }

    /// It was not applied, and the try doesn't count.
    public func notSent(_ item: OutboxItem) throws {
        try note(.notApplied, of: item.key)
        try run("UPDATE outbox SET state = 0, attempts = max(attempts - 1, 0) WHERE id = ?", [item.id])
    }

    /// Somebody else decides what is to be written than when it was put in.
    public func setCause(_ id: Int64, _ cause: String) throws {
        try run("UPDATE outbox SET cause = ? WHERE id = ?", [cause, id])
    }

    public func markRosterRefreshed(_ id: Int64) throws {
        try run("UPDATE outbox SET roster_refreshed = 1 WHERE id = ?", [id])
    }

    public func markDead(_ id: Int64, code: Int?, message: String?) throws {
        try run("UPDATE outbox SET state = 2, code = ?, message = ? WHERE id = ?", [code, message, id])
    }

    public func removeOutboxItem(_ id: Int64) throws {
        try run("DELETE FROM outbox WHERE id = ?", [id])
    }

    /// Starts a cycle: every write has its tries again. A dead letter keeps its count, for whoever looks at it.
    public func resetAttempts() throws {
        try run("UPDATE outbox SET attempts = 0 WHERE attempts <> 0 AND state <> 2")
    }

    public func outbox(deadOnly: Bool) throws -> [OutboxItem] {
        try rows(
            "SELECT \(Self.outboxColumns) FROM outbox WHERE NOT ? OR state = 2 ORDER BY side, id", [deadOnly]
        ).map(Self.outboxItem)
    }

    public func outboxItem(id: Int64) throws -> OutboxItem? {
        try row("SELECT \(Self.outboxColumns) FROM outbox WHERE id = ?", [id]).map(Self.outboxItem)
    }

    /// Makes a write due now. A dead one lives again.
    public func retryOutboxItem(_ id: Int64) throws -> Bool {
        try run(
            """
            UPDATE outbox SET state = 0, next_attempt = 0, attempts = 0, roster_refreshed = 0 WHERE id = ?
            """, [id])
        return db.changesCount == 1
    }

    static let outboxColumns = """
        id, side, section, student, day, status, CASE WHEN \(isUnknown) THEN 1 ELSE state END, cause, cycle, created, attempts, rounds, next_attempt,
        roster_refreshed, code, message, uploads, uploaded, uploaded_watermark, put_back, looked_up,
        held, undoes
        """

    static func outboxItem(_ row: Row) -> OutboxItem {
        OutboxItem(
            id: row[0], side: Side(code: row[1]) ?? .schoology,
            key: Key(section: row[2], student: row[3], day: Day(number: row[4])),
            status: Status(rawValue: row[5]) ?? .present,
            state: OutboxItem.State(rawValue: row[6]) ?? .pending, cause: row[7], cycle: row[8],
            created: Timestamp(milliseconds: row[9]), attempts: row[10], rounds: row[11],
            nextAttempt: Timestamp(milliseconds: row[12]), rosterRefreshed: row[13], code: row[14], message: row[15],
            uploads: Status.set(bits: row[16]), uploaded: (row[17] as Int64?).map(Timestamp.init(milliseconds:)),
            uploadedWatermark: (row[18] as Int64?).map(Timestamp.init(milliseconds:)), isPutBack: row[19],
            isLookedUp: row[20], held: row[21], undoes: (row[22] as Int?).flatMap(Status.init(rawValue:)))
    }
}

extension Status {
    /// How the state spells a set of statuses.
    var bit: Int { 1 << rawValue }

    static func set(bits: Int) -> Set<Status> { Set(allCases.filter { bits & $0.bit != 0 }) }
}
