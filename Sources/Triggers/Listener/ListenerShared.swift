import Glibc
import Synchronization

/// What the listener, its handlers' tasks and its thread have in common.
final class ListenerShared: Sendable {
    private struct State {
        var routes = TriggerRoutes([:])
        var counts: [TriggerOutcome: Int] = [:]
        var answers: [(connection: UInt64, reply: Reply, outcome: TriggerOutcome)] = []
        /// Handlers that haven't returned: a hanging one outlives its connection.
        var running = 0
        var isStopping = false
        /// A byte written to it ends the thread's `poll`; -1 when the thread is gone.
        var wake: Int32 = -1
    }

    private let state = Mutex(State())

    // MARK: From any thread

    func setRoutes(_ routes: TriggerRoutes) {
        state.withLock { $0.routes = routes }
    }

    func counts() -> [TriggerOutcome: Int] {
        state.withLock { $0.counts }
    }

    func finish(_ connection: UInt64, _ answer: (Reply, TriggerOutcome)) {
        state.withLock { state in
            state.running -= 1
            state.answers.append((connection, answer.0, answer.1))
            Self.signal(state.wake)
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopping = true
            Self.signal(state.wake)
        }
    }

    private static func signal(_ wake: Int32) {
        guard wake >= 0 else { return }
        // Where its buffer is full, the thread has enough to wake up for.
        _ = ListenerSocket.send([1], to: wake)
    }

    // MARK: From the listener's thread

    func open(wake: Int32) {
        state.withLock { $0.wake = wake }
    }

    func close() {
        state.withLock { state in
            Glibc.close(state.wake)
            state.wake = -1
        }
    }

    func handler(at path: [UInt8]) -> TriggerListener.Handler? {
        state.withLock { $0.routes }.handler(at: path)
    }

    func count(_ outcome: TriggerOutcome) {
        state.withLock { $0.counts[outcome, default: 0] += 1 }
    }

    /// False when as many handlers run already.
    func begin(limit: Int) -> Bool {
        state.withLock { state in
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
    }

    func takeAnswers() -> (
        answers: [(connection: UInt64, reply: Reply, outcome: TriggerOutcome)], isStopping: Bool
    ) {
        state.withLock { state in
            defer { state.answers = [] }
            return (state.answers, state.isStopping)
        }
    }
}
