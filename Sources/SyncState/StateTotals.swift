import AttendanceCore
import GRDB

/// What a district's state holds, in numbers.
public struct StateTotals: Sendable, Equatable {
    /// Writes decided and not acknowledged, dead letters included.
    public var outbox = 0
    public var dead = 0
    public var unknown = 0
    /// Writes in batches that the safety valve holds, and those batches.
    public var held = 0
    public var heldBatches = 0
    /// Rows of `attendance.csv` that wait to be uploaded, and those that were and that Clever doesn't show yet.
    public var rowsToUpload = 0
    public var unconfirmed = 0
    /// Rows in whose place a later change of the same daily record went.
    public var eclipsed = 0
    public var overdue = 0
    /// Records that wait for a match, and for the status map.
    public var waiting = 0
    public var unmapped = 0
    public var quarantined = 0
    public var openConflicts = 0
    /// Keys that one side changed and that are left alone, as nothing is written to the other.
    public var drift = 0
    public var unmatchedSections = 0
    public var unmatchedStudents = 0
    public var suspendedSections = 0
    /// When the oldest pending write was decided.
    public var oldestPending: Timestamp?

    public init() {}

    /// What an operator would call undelivered: dead letters, held batches, writes to Schoology that are left. A row waits for
    /// its upload, and for Clever to show it, by design.
    public var undelivered: Int { outbox - rowsToUpload - eclipsed - unconfirmed }

    /// Name and value of those that `cycle.finished` shows.
    public var fields: [(name: String, value: Int)] {
        [
            ("pending", undelivered - dead - held), ("held", held), ("rows_to_upload", rowsToUpload),
            ("unconfirmed_rows", unconfirmed), ("dead", dead), ("unmatched_records", waiting),
            ("unmapped_records", unmapped),
            ("open_conflicts", openConflicts), ("suspended_sections", suspendedSections),
        ]
    }
}

extension Transaction {
    public func totals(now: Timestamp) throws -> StateTotals {
        var totals = StateTotals()
        if let row = try row(
            """
            SELECT count(*), count(CASE WHEN state = 2 THEN 1 END), (SELECT count(*) FROM sent CROSS JOIN outbox USING(section, student, day) WHERE side = 1 AND state = 0 AND NOT refused),
                min(CASE WHEN state <> 2 THEN created END), count(CASE WHEN side = 2 AND state = 0 AND NOT eclipsed AND coalesce(held, 0) = 0 THEN 1 END),
                count(CASE WHEN state = 3 THEN 1 END), count(CASE WHEN state = 3 AND overdue THEN 1 END),
                count(CASE WHEN side = 2 AND state = 0 AND eclipsed AND coalesce(held, 0) = 0 THEN 1 END),
                count(CASE WHEN state <> 2 AND held > 0 THEN 1 END) FROM outbox
            """)
        {
            (totals.outbox, totals.dead, totals.unknown) = (row[0], row[1], row[2])
            totals.oldestPending = (row[3] as Int64?).map(Timestamp.init(milliseconds:))
            (totals.rowsToUpload, totals.unconfirmed, totals.overdue) = (row[4], row[5], row[6])
            (totals.eclipsed, totals.held) = (row[7], row[8])
        }
        totals.heldBatches = try count("SELECT count(*) FROM held_batch WHERE state = 0")
        totals.waiting = try count("SELECT count(*) FROM clever_record WHERE state = 2 AND state <> 0")
        totals.unmapped = try count("SELECT count(*) FROM clever_record WHERE state = 3 AND state <> 0")
        totals.quarantined = try count("SELECT count(*) FROM quarantine")
        totals.openConflicts = try count("SELECT count(*) FROM conflict WHERE state = 0")
        totals.drift = try count("SELECT count(*) FROM mark WHERE drift IS NOT NULL")
        let generation = try number(.rosterGeneration) ?? 0
        totals.unmatchedSections = try count(
            "SELECT count(*) FROM section WHERE generation >= ? AND match_kind IS NOT NULL", [generation])
        totals.unmatchedStudents = try count(
            "SELECT count(*) FROM student WHERE generation >= ? AND match_kind IS NOT NULL", [generation])
        totals.suspendedSections = try count(
            "SELECT count(*) FROM section WHERE suspended_until > ?", [now.milliseconds])
        return totals
    }
}
