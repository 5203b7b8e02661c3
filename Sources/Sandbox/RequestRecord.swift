/// A request that a server received, and what became of it.
public struct RequestRecord: Sendable, Hashable {
    /// One item of a PUT.
    public struct Item: Sendable, Hashable {
        public let enrollment: String
        public let date: String
        public let status: String
        /// Nil: the item had none, which clears it.
        public let comment: String?
    }

    /// Counts from 1 over both sides.
    public let number: Int
    public let time: Instant
    public let side: SandboxSide
    public let method: String
    /// Path and query, as sent.
    public let target: String
    /// Nil: reset without an answer.
    public let status: Int?
    /// Bytes of the answer's body.
    public let bodySize: Int
    /// A PUT's items, in order.
    public let items: [Item]
    /// False: a fault struck before the request could take effect.
    public let wasServed: Bool

    public var path: String {
        String(target.prefix { $0 != "?" })
    }
}
