import AttendanceCore
import GRDB

/// A mark that was sent to Schoology, and of which nothing tells yet whether it is there. It outlives the decision that
/// it was sent for: whatever is decided next, and whoever gives the write up, should Schoology show it, it is ours and no
/// teacher's. The next reading of the mark tells, whatever it shows.
public struct SentMark: Sendable, Equatable {
    public var status: Status
    /// Nil where a version before this stored it.
    public var enrollment: Int64?
    /// Who decided it, as in ``OutboxItem/cause``, and the cycle that sent it.
    public var cause: String
    public var cycle: Int64
}

/// What is known of a try that didn't go through.
public enum TryOutcome: Sendable {
    /// It never reached the mark.
    case notApplied
    /// The side says of the mark that it failed, and may have written it all the same: should it show it, it is ours.
    case refused
    /// No answer that tells.
    case unknown
}

extension Transaction {
    /// The write about to be sent: stored first, so that a lost answer, or a killed process, is read back as ours.
    ///
    /// - Parameter cycle: the one that sends it.
    public func markSent(_ item: OutboxItem, status: Status, enrollment: Int64, cycle: Int64) throws {
        try run("UPDATE outbox SET status = ?, attempts = attempts + 1 WHERE id = ?", [status.rawValue, item.id])
        try run(
            """
            INSERT OR REPLACE INTO sent(section, student, day, status, enrollment, cause, cycle, refused)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0)
            """,
            [
                item.key.section, item.key.student, item.key.day.number, status.rawValue, enrollment, item.cause, cycle,
            ])
    }

    public func sentMark(_ key: Key) throws -> SentMark? {
        try row(
            "SELECT status, enrollment, cause, cycle FROM sent WHERE section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number]
        ).map(Self.sentMark)
    }

    /// What was sent of a section's days, of which the next reading has to tell.
    public func sentMarks(section: Int64, from first: Day, through last: Day) throws -> [Key: SentMark] {
        var marks: [Key: SentMark] = [:]
        for row in try rows(
            "SELECT status, enrollment, cause, cycle, student, day FROM sent WHERE section = ? AND day BETWEEN ? AND ?",
            [section, first.number, last.number])
        {
            marks[Key(section: section, student: row[4], day: Day(number: row[5]))] = Self.sentMark(row)
        }
        return marks
    }

    private static func sentMark(_ row: Row) -> SentMark {
        SentMark(status: Status(rawValue: row[0]) ?? .present, enrollment: row[1], cause: row[2], cycle: row[3])
    }

    /// It was not applied, or what became of it is known.
    public func forgetSent(_ key: Key) throws {
        try run(
            "DELETE FROM sent WHERE section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number])
    }

    /// Notes how a try ended that didn't go through.
    func note(_ outcome: TryOutcome, of key: Key) throws {
        switch outcome {
        case .notApplied: try forgetSent(key)
        case .refused:
            try run(
                "UPDATE sent SET refused = 1 WHERE section = ? AND student = ? AND day = ?",
                [key.section, key.student, key.day.number])
        case .unknown: break
        }
    }

    /// The earliest day of a section of which something was sent that no write waits for any more: an operator dropped it,
    /// or it lost its match. Nothing but a reading of that day will tell whether it arrived.
    public func firstSentDay(section: Int64) throws -> Day? {
        (try row("SELECT min(day) FROM sent WHERE section = ? AND \(Self.isLeftToAReading)", [section])?[0] as Int32?)
            .map(Day.init(number:))
    }

    /// These days of the section were read, and what that didn't tell of, no other reading will: the student isn't enrolled
    /// there any more, or the mark can't be understood.
    public func forgetSent(section: Int64, from first: Day, before end: Day) throws {
        try run(
            "DELETE FROM sent WHERE section = ? AND day >= ? AND day < ? AND \(Self.isLeftToAReading)",
            [section, first.number, end.number])
    }

    /// Of marks that are too old to be kept.
    func forgetSent(before day: Day) throws {
        try run("DELETE FROM sent WHERE day < ? AND \(Self.isLeftToAReading)", [day.number])
    }

    /// Of `sent`: no write waits, for which the mark would be read.
    private static let isLeftToAReading = """
        NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.side = 1 AND outbox.state = 0
            AND outbox.section = sent.section AND outbox.student = sent.student AND outbox.day = sent.day)
        """

    /// Whether a row of `outbox` is a write to Schoology whose last try got no answer that tells.
    static let isUnknown = """
        (outbox.side = 1 AND outbox.state = 0 AND EXISTS(SELECT 1 FROM sent WHERE NOT refused
            AND sent.section = outbox.section AND sent.student = outbox.student AND sent.day = outbox.day))
        """
}
