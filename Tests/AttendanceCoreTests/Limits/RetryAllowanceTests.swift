import SeededRandom
import AttendanceCore
import Testing

@Suite struct RetryAllowanceTests {
    private static let start = Timestamp(seconds: 100_000)

    @Test func allowsTenWithoutAnyTraffic() {
        var allowance = RetryAllowance()
        #expect(granted(&allowance, at: Self.start) == 10)
    }

    @Test func allowsATenthOfTheRequestsAndTen() {
        var allowance = RetryAllowance()
        for _ in 0..<100 { allowance.recordRequest(now: Self.start) }
        #expect(granted(&allowance, at: Self.start) == 20)
        for _ in 0..<9 { allowance.recordRequest(now: Self.start) }
        #expect(granted(&allowance, at: Self.start) == 0)
        allowance.recordRequest(now: Self.start)
        #expect(granted(&allowance, at: Self.start) == 1)
    }

    @Test func forgetsAfterTenMinutes() {
        var allowance = RetryAllowance()
        for _ in 0..<1000 { allowance.recordRequest(now: Self.start) }
        #expect(granted(&allowance, at: Self.start) == 110)
        #expect(granted(&allowance, at: Self.start + .minutes(9)) == 0)
        #expect(granted(&allowance, at: Self.start + .minutes(10) + .seconds(10)) == 10)
    }

    /// Whichever ten minutes one looks at.
    @Test(arguments: UInt64(1)...10)
    func noTenMinutesHoldMoreRetriesThanAllowed(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var allowance = RetryAllowance()
        var now = Self.start
        var requests: [Timestamp] = []
        var retries: [Timestamp] = []
        var failures: [String] = []
        for _ in 0..<4000 {
            now = now + .milliseconds(Int64.random(in: 0...1500, using: &random))
            if Int.random(in: 0..<3, using: &random) < 2 {
                allowance.recordRequest(now: now)
                requests.append(now)
                continue
            }
            let isGranted = allowance.takeRetry(now: now)
            if isGranted { retries.append(now) }
            if isGranted, within(.minutes(10), retries, now) > within(.minutes(10), requests, now) / 10 + 10 {
                failures.append("one too many at \(now)")
            }
            // A slice of ten seconds is as fine as it counts.
            let (longer, shorter) = (Span.seconds(610), Span.seconds(590))
            if !isGranted, within(longer, retries, now) < within(shorter, requests, now) / 10 + 10 {
                failures.append("refused without need at \(now)")
            }
        }
        #expect(failures.isEmpty)
        #expect(retries.count > 20)
    }

    @Test func aClockThatJumpsBackGivesNothingAway() {
        var allowance = RetryAllowance()
        #expect(granted(&allowance, at: Self.start) == 10)
        #expect(granted(&allowance, at: Self.start - .hours(1)) == 0)
        for _ in 0..<50 { allowance.recordRequest(now: Self.start - .hours(1)) }
        #expect(granted(&allowance, at: Self.start - .hours(1)) == 5)
        #expect(granted(&allowance, at: Self.start) == 0)
    }

    @Test func aClockThatJumpsFarAheadBeginsAnew() {
        var allowance = RetryAllowance()
        #expect(granted(&allowance, at: Self.start) == 10)
        #expect(granted(&allowance, at: Self.start + .days(3650)) == 10)
    }

    private func granted(_ allowance: inout RetryAllowance, at now: Timestamp) -> Int {
        var count = 0
        while count < 10_000, allowance.takeRetry(now: now) { count += 1 }
        return count
    }

    private func within(_ span: Span, _ times: [Timestamp], _ now: Timestamp) -> Int {
        times.filter { $0 > now - span }.count
    }
}
