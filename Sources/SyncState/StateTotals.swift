import AttendanceCore
import GRDB

/// What a district's state holds, in numbers.
public struct StateTotals: Sendable, Equatable {
    /// Writes decided and not acknowledged, dead letters included.
    public var outbox = 0
    public var dead = 0
    public var unknown = 0
    /// Records that wait for a match, and for the status map.
    public var waiting = 0
    public var unmapped = 0
    public var quarantined = 0
    public var openConflicts = 0
    /// Keys whose Schoology side was changed there and is left alone.
    public var drift = 0
    public var unmatchedSections = 0
    public var unmatchedStudents = 0
    public var suspendedSections = 0
    /// When the oldest pending write was decided.
    public var oldestPending: Timestamp?

    public init() {}

    /// Name and value of those that `cycle.finished` shows.
    public var fields: [(name: String, value: Int)] {
        [
            ("pending", outbox - dead), ("dead", dead), ("unmatched_records", waiting), ("unmapped_records", unmapped),
            ("open_conflicts", openConflicts), ("suspended_sections", suspendedSections),
        ]
    }
}

extension Transaction {
    public func totals(now: Timestamp) throws -> StateTotals {
        var totals = StateTotals()
        if let row = try row(
            """
            SELECT count(*), count(CASE WHEN state = 2 THEN 1 END), count(CASE WHEN state = 1 THEN 1 END),
                min(CASE WHEN state <> 2 THEN created END) FROM outbox
            """)
        {
            (totals.outbox, totals.dead, totals.unknown) = (row[0], row[1], row[2])
            totals.oldestPending = (row[3] as Int64?).map(Timestamp.init(milliseconds:))
        }
        totals.waiting = try count("SELECT count(*) FROM clever_record WHERE state = 2 AND state <> 0")
        totals.unmapped = try count("SELECT count(*) FROM clever_record WHERE state = 3 AND state <> 0")
        totals.quarantined = try count("SELECT count(*) FROM quarantine")
        totals.openConflicts = try count("SELECT count(*) FROM conflict WHERE state = 0")
        totals.drift = try count(
            """
            SELECT count(*) FROM mark WHERE schoology IS NOT NULL AND schoology <> base AND NOT EXISTS(
                SELECT 1 FROM outbox WHERE outbox.side = 1 AND outbox.section = mark.section
                    AND outbox.student = mark.student AND outbox.day = mark.day)
                AND NOT EXISTS(
                    SELECT 1 FROM conflict WHERE conflict.state = 0 AND conflict.section = mark.section
                        AND conflict.student = mark.student AND conflict.day = mark.day)
            """)
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
