/// Clever's count of requests a minute, as its headers tell it: `X-RateLimit-Remaining` and `-Reset`.
///
/// Times are the caller's own; the server's clock only names the minute that a count belongs to.
public struct QuotaGate: Sendable {
    /// What one answer said of the count.
    public struct Reading: Sendable, Equatable {
        public var remaining: Int
        /// `X-RateLimit-Reset` as it came: it names the minute.
        public var minute: Int64
        /// The moment of the reset on the caller's clock.
        public var resetsAt: Timestamp

        public init(remaining: Int, minute: Int64, resetsAt: Timestamp) {
            self.remaining = remaining
            self.minute = minute
            self.resetsAt = resetsAt
        }
    }

    private var reading: Reading?
    private var blockedUntil = Timestamp(milliseconds: .min)
    private var inFlight = 0

    public init() {}

    public enum Answer: Sendable, Equatable {
        case go
        case wait(until: Timestamp)
    }

    /// Asks for one request. What is in flight is not yet counted in `remaining`.
    public mutating func take(now: Timestamp) -> Answer {
        if now < blockedUntil { return .wait(until: blockedUntil) }
        if let reading, now < reading.resetsAt, reading.remaining - inFlight <= 0 {
            return .wait(until: reading.resetsAt)
        }
        inFlight += 1
        return .go
    }

    /// One request ended, with what its headers said, if they did.
    public mutating func settle(_ new: Reading?) {
        inFlight -= 1
        guard let new else { return }
        guard let known = reading, known.minute >= new.minute else {
            reading = new
            return
        }
        // Answers overtake each other: within one minute the lowest count is the truth.
        if known.minute == new.minute { reading?.remaining = min(known.remaining, new.remaining) }
    }

    public mutating func block(until: Timestamp) {
        blockedUntil = max(blockedUntil, until)
    }

    /// Requests left in this minute as of the last answer, or nil where that is not known.
    public func available(now: Timestamp) -> Int? {
        guard let reading, now < reading.resetsAt else { return nil }
        return reading.remaining
    }
}
