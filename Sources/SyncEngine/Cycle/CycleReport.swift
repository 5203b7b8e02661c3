import AttendanceCore
import SyncState

/// How a cycle ended.
public struct CycleReport: Sendable {
    public enum Outcome: String, Sendable {
        /// Everything that was decided was delivered.
        case done
        /// Something decided waits: a retry, a dead letter, a suspended section.
        case incomplete
        case failed
        case stopped
    }

    public var district: String
    public var cycle: Int64
    public var outcome: Outcome
    public var counts: CycleCounts
    /// What went wrong on each side; a cycle goes on with what still works.
    public var failures: [SideFailure]
    /// What only a person can mend, and what the cycle went on without.
    public var operatorProblem: String?
    /// Set when the state itself failed.
    public var stateError: StateError?
    public var totals: StateTotals
    public var duration: Span
    /// Who keeps the district from being written: `Clever`, or an operator by name.
    public var pausedBy: String?
    /// Clever's `last_attendance_sync` had not moved.
    public var unchanged: Bool
}
