/// How many requests may be sent a second time: 10 % of those of the last ten minutes, plus 10.
///
/// Without it a side that fails every request would be asked three times as often as a healthy one.
public struct RetryAllowance: Sendable {
    private static let window = Span.minutes(10)
    private static let slice = Span.seconds(10)
    private static let floor = 10

    /// Counts in slices of ten seconds, so that memory does not grow with traffic.
    private struct Slice {
        var start: Timestamp
        var requests = 0
        var retries = 0
    }

    private var slices: [Slice] = []

    public init() {}

    public mutating func recordRequest(now: Timestamp) {
        roll(to: now)
        slices[slices.count - 1].requests += 1
    }

    /// Takes one retry out of the allowance, if there is one left.
    public mutating func takeRetry(now: Timestamp) -> Bool {
        roll(to: now)
        // A slice that reaches out of the window still holds its retries, but no longer lends its requests.
        let requests = slices.reduce(0) { $1.start + Self.window > now ? $0 + $1.requests : $0 }
        let retries = slices.reduce(0) { $0 + $1.retries }
        guard retries < requests / 10 + Self.floor else { return false }
        slices[slices.count - 1].retries += 1
        return true
    }

    /// Drops what is older than the window and opens a slice for this moment. A clock that jumps back
    /// keeps counting in the newest slice.
    private mutating func roll(to now: Timestamp) {
        slices.removeAll { $0.start + Self.slice + Self.window <= now }
        if slices.last.map({ $0.start + Self.slice <= now }) ?? true { slices.append(Slice(start: now)) }
    }
}
