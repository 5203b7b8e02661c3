import AttendanceCore
import SyncState

/// What the safety valve must not have let go: counts what each cycle decided and what of it reaches a side, by the
/// thresholds of the scenario.
///
/// Only from above: writes decided in one cycle may be judged in two, when the process ends in between. What it
/// objects to was wrong all the same.
struct ValveWatch {
    private struct Batch: Hashable {
        var side: Side
        var day: Day
        /// In which the writes were decided.
        var cycle: Int64
    }

    private struct Write: Hashable {
        var side: Side
        var key: Key
        var cycle: Int64

        init(_ item: OutboxItem) {
            (side, key, cycle) = (item.side, item.key, item.cycle)
        }
    }

    private let safety: SafetySettings
    private var written: [Batch: Set<Key>] = [:]
    private var approved: Set<Write> = []
    private var hasBeenDecided = false

    init(_ safety: SafetySettings) {
        self.safety = safety
    }

    /// An operator approved a batch that held these, or discarded it.
    mutating func decided(_ items: [OutboxItem], approves: Bool) {
        hasBeenDecided = true
        if approves { approved.formUnion(items.map(Write.init)) }
    }

    /// A write leaves.
    ///
    /// - Parameter enrollments: that the district has at most.
    /// - Returns: what is wrong with it.
    mutating func leaves(_ item: OutboxItem, enrollments: Int) -> String? {
        if item.isHeld { return "it is held in batch \(item.held ?? 0)" }
        // Those pass: a mark that an operator decided by name, and the return of what the office had said.
        guard !item.isOperators, !item.isPutBack, !approved.contains(Write(item)) else { return nil }
        if safety.firstCycle == .hold, !hasBeenDecided {
            return "the first writes of a new district were to wait"
        }
        let batch = Batch(side: item.side, day: item.key.day, cycle: item.cycle)
        written[batch, default: []].insert(item.key)
        let count = written[batch]?.count ?? 0
        guard count > safety.holdAboveCount, count * 100 > safety.holdAbovePercent * enrollments else { return nil }
        return "cycle \(item.cycle) decided at least \(count) writes of \(item.key.day), of \(enrollments) enrollments"
    }
}
