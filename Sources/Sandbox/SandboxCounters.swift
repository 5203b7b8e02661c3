/// What the servers counted.
public struct SandboxCounters: Sendable, Hashable {
    public var cleverRequests = 0
    public var schoologyReads = 0
    public var schoologyWrites = 0
    /// Items of PUTs that took effect.
    public var itemsWritten = 0
    /// Files `attendance.csv` that were ingested, or refused as a whole.
    public var filesIngested = 0
    public var rowsTaken = 0
    public var rowsRejected = 0
    /// Answers 429 that the rate limits, not faults, gave.
    public var rateLimited = 0
    /// The most credits that were spent in any window.
    public var maxCreditsInWindow = 0
    /// All credits that were spent.
    public var creditsSpent = 0

    public init() {}
}
