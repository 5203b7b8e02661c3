/// What happened, oldest first, and who waits for what happens next: tests need no sleeps.
struct WatchedLog<Entry: Sendable>: Sendable {
    private(set) var entries: [Entry] = []
    private var watchers: [Watcher<Entry>] = []

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        watchers.removeAll { $0.takes(entry) }
    }

    mutating func clear() {
        entries = []
    }

    mutating func wait(_ watcher: Watcher<Entry>) {
        if let found = entries.first(where: watcher.predicate) {
            watcher.continuation.resume(returning: found)
        } else {
            watchers.append(watcher)
        }
    }

    /// Ends a wait without an entry.
    mutating func cancel(_ id: UInt64) {
        for watcher in watchers where watcher.id == id {
            watcher.continuation.resume(throwing: CancellationError())
        }
        watchers.removeAll { $0.id == id }
    }
}
