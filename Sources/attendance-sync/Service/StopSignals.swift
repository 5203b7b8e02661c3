import Dispatch
import UnixSignals

/// SIGTERM and SIGINT: the work that is under way is told, and cut off if it doesn't end in time.
struct StopSignals: Sendable {
    /// What is in flight may take this long after a signal; systemd's own limit is longer.
    static let grace = Duration.seconds(20)

    /// Runs `work`. At the first signal `onStop` is called, and `grace` later the work's task is cancelled.
    func whileRunning<Value: Sendable>(
        _ work: @escaping @Sendable () async -> Value, onStop: @escaping @Sendable () async -> Void
    ) async -> Value {
        let task = Task { await work() }
        let watcher = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                await onStop()
                try? await Task.sleep(for: Self.grace)
                task.cancel()
            }
        }
        defer { watcher.cancel() }
        return await task.value
    }
}
