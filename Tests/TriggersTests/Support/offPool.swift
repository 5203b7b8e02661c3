import Dispatch

/// Runs what blocks on a thread of its own, so that the handlers' tasks keep theirs.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "client").async { continuation.resume(returning: body()) }
    }
}
