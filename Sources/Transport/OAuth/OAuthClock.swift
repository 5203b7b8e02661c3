/// Which `oauth_timestamp` comes next. Unix seconds throughout.
///
/// A server takes timestamps that stay or grow (RFC 5849 section 3.3), so one that was used sets the floor for all
/// later ones, whatever happens to the clock.
public struct OAuthClock: Sendable, Equatable {
    /// How far the server's clock is ahead of this machine's, as far as is known; never negative.
    public private(set) var offset: Int64

    public init(offset: Int64 = 0) { self.offset = max(0, offset) }

    /// Never earlier than `last`, which is the last timestamp used, if there was one.
    public func next(now: Int64, after last: Int64?) -> Int64 {
        let (sum, overflow) = now.addingReportingOverflow(offset)
        return max(overflow ? now : sum, last ?? 0)
    }

    /// Takes the server's word where this machine's clock is behind it, and forgets an earlier offset that a clock
    /// set right has made wrong. A server whose clock is behind changes nothing: going back is not allowed.
    public mutating func learn(serverTime: Int64, now: Int64) {
        let (difference, overflow) = serverTime.subtractingReportingOverflow(now)
        offset = overflow ? 0 : max(0, difference)
    }
}
