/// Someone who waits for a request.
struct RequestWatcher: Sendable {
    let id: UInt64
    let predicate: @Sendable (RequestRecord) -> Bool
    let continuation: CheckedContinuation<RequestRecord, any Error>

    /// True, and the wait is over, if it is the request that was waited for.
    func takes(_ record: RequestRecord) -> Bool {
        guard predicate(record) else { return false }
        continuation.resume(returning: record)
        return true
    }
}
