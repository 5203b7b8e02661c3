extension SandboxCore {
    /// The first entry of a log that `predicate` accepts; waits for it if it hasn't come yet.
    ///
    /// Throws `CancellationError` if the task is cancelled first.
    func first<Entry: Sendable>(
        in log: any WritableKeyPath<World, WatchedLog<Entry>> & Sendable,
        where predicate: @escaping @Sendable (Entry) -> Bool
    ) async throws -> Entry {
        let id = UInt64.random(in: 0...UInt64.max)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                withWorld { world in
                    if Task.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        world[keyPath: log].wait(Watcher(id: id, predicate: predicate, continuation: continuation))
                    }
                }
            }
        } onCancel: {
            withWorld { $0[keyPath: log].cancel(id) }
        }
    }
}
