import AttendanceCore
import GRDB

/// Rows of `attendance.csv` that were given up once a file had carried them. Clever may take them all the same: what it shows
/// then is what it was told, and no word of the office.
extension Transaction {
    /// How long after a file was replaced Clever may still show what it said.
    private static let takingAFile = Span.minutes(15)

    /// Whether Clever can have got its mark from a file that another took the place of; nil: none did yet.
    public static func canComeFromAnEarlierFile(_ modified: Timestamp, replaced: Timestamp?) -> Bool {
        replaced.map { modified <= $0 + takingAFile } ?? true
    }

    /// Gives a row up.
    public func withdraw(_ row: OutboxItem) throws {
        try removeOutboxItem(row.id)
        guard !row.uploads.isEmpty else { return }
        try run(
            """
            INSERT INTO withdrawn_row(section, student, day, statuses) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET statuses = statuses | excluded.statuses, replaced = NULL
            """,
            [row.key.section, row.key.student, row.key.day.number, row.uploads.reduce(0) { $0 | $1.bit }])
    }

    /// Whether Clever can have got this from a row that was given up.
    public func canComeFromWithdrawnRow(_ key: Key, _ status: Status, modified: Timestamp) throws -> Bool {
        guard
            let stored = try row(
                "SELECT statuses, replaced FROM withdrawn_row WHERE section = ? AND student = ? AND day = ?",
                [key.section, key.student, key.day.number])
        else { return false }
        return Status.set(bits: stored[0]).contains(status)
            && Self.canComeFromAnEarlierFile(
                modified, replaced: (stored[1] as Int64?).map(Timestamp.init(milliseconds:)))
    }

    /// Rows of earlier days that Clever may still show.
    func withdrawnRows(before day: Day) throws -> [Key] {
        try rows(
            "SELECT section, student, day FROM withdrawn_row WHERE day < ? ORDER BY day, section, student", [day.number]
        )
        .map { Key(section: $0[0], student: $0[1], day: Day(number: $0[2])) }
    }

    public func hasWithdrawnRows(before day: Day) throws -> Bool {
        try row("SELECT 1 FROM withdrawn_row WHERE day < ? LIMIT 1", [day.number]) != nil
    }

    /// Clever was asked, and told what it had until `watermark`: what it has not taken of a file that was replaced well
    /// before that, it never will.
    public func forgetWithdrawnRows(_ keys: some Sequence<Key>, toldUntil watermark: Timestamp) throws {
        for key in keys {
            try run(
                "DELETE FROM withdrawn_row WHERE section = ? AND student = ? AND day = ? AND replaced < ?",
                [key.section, key.student, key.day.number, (watermark - Self.takingAFile).milliseconds])
        }
    }

    /// Clever has taken it.
    public func forgetWithdrawnRow(_ key: Key) throws {
        try run(
            "DELETE FROM withdrawn_row WHERE section = ? AND student = ? AND day = ?",
            [key.section, key.student, key.day.number])
    }

    /// A file without them has taken the place of the one that carried them.
    ///
    /// - Parameter carried: the new file has these rows, though they were given up while it was on its way.
    func noteWithdrawnRowsReplaced(but carried: [OutboxItem], at now: Timestamp) throws {
        try run("UPDATE withdrawn_row SET replaced = ? WHERE replaced IS NULL", [now.milliseconds])
        for item in carried {
            try run(
                "UPDATE withdrawn_row SET replaced = NULL WHERE section = ? AND student = ? AND day = ?",
                [item.key.section, item.key.student, item.key.day.number])
        }
    }

    func forgetWithdrawnRows(before day: Day) throws {
        try run("DELETE FROM withdrawn_row WHERE day < ?", [day.number])
    }
}
