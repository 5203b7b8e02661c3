/// What the servers counted.
public struct SandboxCounters: Sendable, Hashable {
    public var cleverRequests = 0
    public var schoologyReads = 0
    public var schoologyWrites = 0
    /// Items of PUTs that took effect.
    public var itemsWritten = 0
    /// Answers 429 that the rate limits, not faults, gave.
    public var rateLimited = 0
    /// The most credits that were spent in any window.
    public var maxCreditsInWindow = 0
    /// All credits that were spent.
    public var creditsSpent = 0

    public init() {}
}
