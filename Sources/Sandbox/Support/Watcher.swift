/// Someone who waits for an entry of a log.
struct Watcher<Entry: Sendable>: Sendable {
    let id: UInt64
    let predicate: @Sendable (Entry) -> Bool
    let continuation: CheckedContinuation<Entry, any Error>

    /// True, and the wait is over, if it is the entry that was waited for.
    func takes(_ entry: Entry) -> Bool {
        guard predicate(entry) else { return false }
        continuation.resume(returning: entry)
        return true
    }
}
