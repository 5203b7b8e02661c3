import AttendanceCore
import Foundation
import GRDB

/// What is old enough to be deleted.
public struct PurgeLimits: Sendable, Equatable {
    /// Attendance dates from this day on are kept.
    public var firstDay: Day
    /// What happened since then is kept.
    public var since: Timestamp
    /// Cycles that only looked at Schoology and changed nothing are kept from then on.
    public var quietCyclesSince: Timestamp

    private static let quietCycles = Span.days(7)

    /// - Parameters:
    ///   - retention: as configured; see ``Retention``.
    ///   - today: the day in the district's time zone.
    public init(retention: Span, lookback: Span, today: Day, now: Timestamp) {
        let kept = Retention.kept(retention, lookback: lookback)
        firstDay = today - (kept.wholeDays + (kept == .days(Int64(kept.wholeDays)) ? 0 : 1))
        since = now - kept
        quietCyclesSince = max(since, now - Self.quietCycles)
    }
}

/// What a purge deletes, in numbers.
public struct PurgeTotals: Sendable, Equatable {
    public fileprivate(set) var counts: [PurgedRows: Int] = [:]

    public init() {}

    public subscript(rows: PurgedRows) -> Int { counts[rows] ?? 0 }
    public var sum: Int { counts.values.reduce(0, +) }

    public mutating func add(_ count: Int, _ rows: PurgedRows) { counts[rows, default: 0] += count }
}

/// The kinds of rows that are purged, in that order: a base goes before the record that it came from, so that a purge
/// that stops in between leaves a mark that both sides agree on, and never a change that nobody made.
public enum PurgedRows: String, Sendable, CaseIterable {
    case marks
    case records
    case audit = "audit_lines"
    case conflicts
    case heldBatches = "held_batches"
    case backfills
    case quarantined
    case cycles
}

extension Transaction {
    /// The limits as they are now: days that an operator's backfill has yet to go over are kept.
    private func effective(_ limits: PurgeLimits) throws -> PurgeLimits {
        guard let first = try row("SELECT min(first) FROM backfill WHERE finished IS NULL")?[0] as Int32? else {
            return limits
        }
        var limits = limits
        limits.firstDay = min(limits.firstDay, Day(number: first))
        return limits
    }

    /// What a purge would delete now.
    public func purgeable(_ limits: PurgeLimits) throws -> PurgeTotals {
        let limits = try effective(limits)
        var totals = PurgeTotals()
        for rows in PurgedRows.allCases {
            let end = try rows == .audit ? auditEnd(limits) : 0
            let (sql, arguments) = Self.selection(rows, limits, auditEnd: end)
            totals.add(try count("SELECT count(*) FROM (\(sql))", arguments), rows)
        }
        return totals
    }

    /// Old records, and what was decided of them, that still wait for something and are therefore kept.
    public func keptThoughOld(_ limits: PurgeLimits) throws -> Int {
        try count(
            "SELECT count(*) FROM (\(Self.pending))", ["day": limits.firstDay.number])
    }

    /// Deletes the next rows of that kind.
    ///
    /// - Returns: how many; fewer than `limit` when no more are left.
    public func purge(_ kind: PurgedRows, _ limits: PurgeLimits, limit: Int) throws -> Int {
        let limits = try effective(limits)
        let end = try kind == .audit ? auditEnd(limits, within: limit) : 0
        let (sql, arguments) = Self.selection(kind, limits, auditEnd: end)
        let key = Self.keyColumns(kind)
        let chosen = "\(sql) \(kind == .audit ? "ORDER BY audit.id" : "") LIMIT \(limit)"
        if kind == .audit {
            // The chain goes on from the newest line that is gone.
            guard
                let last = try row(
                    "SELECT digest FROM audit WHERE id = (SELECT max(id) FROM (\(chosen)))", arguments)?[0] as Data?
            else { return 0 }
            try set(.auditAnchor, text: last.map(Self.hexadecimal).joined())
        }
        if kind == .marks {
            try forgetSent(before: limits.firstDay)
            try forgetWithdrawnRows(before: limits.firstDay)
        }
        if kind == .records { try forgetTakenPages(before: limits.firstDay) }
        try run("DELETE FROM \(Self.table(kind)) WHERE (\(key)) IN (\(chosen))", arguments)
        return db.changesCount
    }

    /// The first line that stays: the trail is cut at one place, so that it stays a chain.
    ///
    /// - Parameter slice: looks at so many lines only; what is older and beyond goes another time.
    private func auditEnd(_ limits: PurgeLimits, within slice: Int = .max) throws -> Int64 {
        let kept =
            try row(
                "SELECT id FROM (SELECT id, at FROM audit ORDER BY id LIMIT ?) WHERE at >= ? ORDER BY id LIMIT 1",
                [slice, limits.since.milliseconds])?[0] as Int64?
        if let kept { return kept }
        let last = try row("SELECT max(id) FROM (SELECT id FROM audit ORDER BY id LIMIT ?)", [slice])?[0] as Int64?
        return last.map { $0 + 1 } ?? 0
    }

    private static func table(_ kind: PurgedRows) -> String {
        switch kind {
        case .marks: "mark"
        case .records: "clever_record"
        case .audit: "audit"
        case .conflicts: "conflict"
        case .heldBatches: "held_batch"
        case .backfills: "backfill"
        case .quarantined: "quarantine"
        case .cycles: "cycle"
        }
    }

    private static func keyColumns(_ kind: PurgedRows) -> String {
        switch kind {
        case .marks: "section, student, day"
        case .records: "day, school, student, section"
        case .audit, .conflicts, .heldBatches, .backfills, .cycles: "id"
        case .quarantined: "fingerprint"
        }
    }

    /// Students and days that something still waits for: a write, a person, a match, or a file on the server.
    private static let pending = """
        SELECT student, day FROM outbox WHERE day < :day
        UNION SELECT student, day FROM conflict WHERE state = 0 AND day < :day
        UNION SELECT student, day FROM csv_row WHERE day < :day
        UNION SELECT student, day FROM clever_record WHERE state <> 0 AND day < :day AND \(isMatchable)
        """

    /// Who waits for a match and has left Clever's roster will find none.
    private static let isMatchable = """
        NOT (state = 2 AND (
            EXISTS(SELECT 1 FROM student gone WHERE gone.id = clever_record.student
                AND gone.generation < coalesce((SELECT value FROM setting WHERE name = 'roster_generation'), 0))
            OR EXISTS(SELECT 1 FROM section gone WHERE gone.id = clever_record.section
                AND gone.generation < coalesce((SELECT value FROM setting WHERE name = 'roster_generation'), 0))))
        """

    /// The keys of the rows of a kind that may go.
    private static func selection(
        _ kind: PurgedRows, _ limits: PurgeLimits, auditEnd: Int64
    ) -> (sql: String, arguments: StatementArguments) {
        let day: StatementArguments = ["day": limits.firstDay.number]
        let since: StatementArguments = ["since": limits.since.milliseconds]
        switch kind {
        case .marks:
            return (
                """
                SELECT section, student, day FROM mark INDEXED BY mark_day
                WHERE day < :day AND (student, day) NOT IN (\(pending))
                """, day
            )
        case .records:
            return (
                """
                SELECT day, school, student, section FROM clever_record
                WHERE day < :day AND (student, day) NOT IN (\(pending))
                """, day
            )
        case .audit:
            return ("SELECT audit.id FROM audit WHERE audit.id < :end", ["end": auditEnd])
        case .conflicts:
            return (
                """
                SELECT id FROM conflict WHERE state <> 0 AND coalesce(resolved, detected) < :since
                    AND (student, day) NOT IN (\(pending)) AND day < :day
                """,
                ["since": limits.since.milliseconds, "day": limits.firstDay.number]
            )
        case .heldBatches:
            return (
                """
                SELECT id FROM held_batch WHERE state <> 0 AND coalesce(decided, created) < :since
                    AND NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.held = held_batch.id)
                """, since
            )
        case .backfills:
            return ("SELECT id FROM backfill WHERE finished < :since", since)
        case .quarantined:
            return ("SELECT fingerprint FROM quarantine WHERE last_seen < :since", since)
        case .cycles:
            return (
                """
                SELECT id FROM cycle
                WHERE (started < :since OR (started < :quiet AND kind = 'read_back' AND outcome = 'done'
                        AND NOT EXISTS(SELECT 1 FROM audit WHERE audit.cycle = cycle.id)))
                    AND id NOT IN (SELECT cycle FROM outbox UNION SELECT cycle FROM sent UNION SELECT cycle FROM conflict
                        UNION SELECT cycle FROM held_batch)
                    AND id < coalesce((SELECT max(id) FROM cycle
                        WHERE outcome IN ('done', 'incomplete') AND kind <> 'read_back'), 0)
                """,
                ["since": limits.since.milliseconds, "quiet": limits.quietCyclesSince.milliseconds]
            )
        }
    }
}

extension SyncState {
    /// Rows in one transaction of a purge: a few milliseconds, so that nobody waits for it.
    public static let purgedAtOnce = 500
    /// After each, others get their turn.
    public static let purgePause = Span.milliseconds(10)
}
