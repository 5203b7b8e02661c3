/// Keeps the last `oauth_timestamp` used with one consumer key.
public protocol TimestampStore: Sendable {
    /// Hands `next` the last timestamp used, nil when none is known, stores what it returns, and returns that. Nobody
    /// else who keeps to the same store gets in between.
    func advance(_ next: (Int64?) -> Int64) throws(OAuthError) -> Int64
}
