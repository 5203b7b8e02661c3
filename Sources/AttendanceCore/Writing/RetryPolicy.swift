/// When a refused or lost write is tried again: full jitter, so that many writers do not return in step.
public enum RetryPolicy {
    /// Tries of one write in one cycle, the first included.
    public static let triesInACycle = 3
    /// Times that one request is signed and sent again after a 401 about its timestamp or nonce.
    public static let signingTries = 3
    /// Times in a row that one request may be told to wait (429) before the cycle gives it up.
    public static let waitsInARow = 10
    /// Longer waits than this are not sat out in a cycle: the write is stored with its time instead.
    public static let longestWaitInACycle = Span.minutes(2)

    /// The wait before try number `attempt + 1` of a cycle: uniform in 0…min(1 s · 2ⁿ, 2 min).
    ///
    /// - Parameter attempt: tries made so far, from 1.
    public static func backoff(
        afterAttempt attempt: Int, using random: inout some RandomNumberGenerator
    ) -> Span {
        let ceiling = min(Int64(1000) << Int64(min(max(attempt, 1) - 1, 20)), 120_000)
        return .milliseconds(Int64.random(in: 0...ceiling, using: &random))
    }

    /// The wait before the next cycle that tries a write again: uniform in 1 s…min(2 min · 2ⁿ, 8 h).
    ///
    /// - Parameter rounds: cycles that have given the write up so far, from 1.
    public static func nextAttempt(afterRounds rounds: Int, using random: inout some RandomNumberGenerator) -> Span {
        let ceiling = min(Int64(120_000) << Int64(min(max(rounds, 1) - 1, 20)), 8 * 3_600_000)
        return .milliseconds(Int64.random(in: 1000...ceiling, using: &random))
    }
}
