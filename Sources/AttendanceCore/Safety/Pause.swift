/// An operator's pause: the district is read, not written.
public struct Pause: Sendable, Equatable {
    public var since: Timestamp
    /// Nil: until it is taken back.
    public var until: Timestamp?
    public var by: String
    public var reason: String?

    public init(since: Timestamp, until: Timestamp?, by: String, reason: String?) {
        self.since = since
        self.until = until
        self.by = by
        self.reason = reason
    }
}
