import AttendanceCore
import Configuration
import SyncState

/// Deletes what is older than `service.retention`, a few rows at a time, so that nobody waits for it.
struct StatePurge: Sendable {
    let settings: DistrictSettings
    let retention: Span
    let state: SyncState

    /// How long things are kept: never less than what is still read.
    var kept: Span { Retention.kept(retention, lookback: settings.clever.lookback) }

    func limits(now: Timestamp) -> PurgeLimits {
        PurgeLimits(
            retention: retention, lookback: settings.clever.lookback, today: DistrictCalendar(settings).day(of: now),
            now: now)
    }

    /// - Parameter wantsMore: asked between two transactions. What is left is deleted another time.
    /// - Throws: ``StateError``.
    func run(_ limits: PurgeLimits, wantsMore: () -> Bool) async throws -> PurgeTotals {
        var totals = PurgeTotals()
        for rows in PurgedRows.allCases {
            while wantsMore() {
                let count = try state.transaction { try $0.purge(rows, limits, limit: SyncState.purgedAtOnce) }
                totals.add(count, rows)
                guard count == SyncState.purgedAtOnce else { break }
                try? await Task.sleep(for: .milliseconds(SyncState.purgePause.milliseconds))
            }
        }
        if wantsMore() { try state.transaction { try $0.set(.purgedAt, Timestamp.current.milliseconds) } }
        return totals
    }
}
