import SeededRandom
import AttendanceCore
import Testing

@Suite struct RetryPolicyTests {
    private static let drawn = 4000

    /// The ceilings of the contract: 1 s doubling to 2 min.
    @Test(
        arguments: [
            (1, 1000), (2, 2000), (3, 4000), (4, 8000), (5, 16_000), (6, 32_000), (7, 64_000), (8, 120_000),
            (9, 120_000),
            (64, 120_000), (.max, 120_000),
        ] as [(Int, Int64)])
    func backoffIsSpreadEvenlyFromZeroToItsCeiling(attempt: Int, ceiling: Int64) {
        var random = SeededGenerator(seed: UInt64(truncatingIfNeeded: attempt))
        let waits = (0..<Self.drawn).map { _ in
            RetryPolicy.backoff(afterAttempt: attempt, using: &random).milliseconds
        }
        expectEven(waits, in: 0...ceiling)
    }

    @Test(
        arguments: [
            (1, 120_000), (2, 240_000), (3, 480_000), (8, 15_360_000), (9, 28_800_000), (.max, 28_800_000),
        ] as [(Int, Int64)])
    func theNextCyclesTryIsAtMostEightHoursAway(rounds: Int, ceiling: Int64) {
        var random = SeededGenerator(seed: UInt64(truncatingIfNeeded: rounds))
        let waits = (0..<Self.drawn).map { _ in
            RetryPolicy.nextAttempt(afterRounds: rounds, using: &random).milliseconds
        }
        expectEven(waits, in: 1000...ceiling)
    }

    @Test(arguments: [0, -1, Int.min])
    func aCountThatIsNoneIsTakenForTheFirst(count: Int) {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            #expect(RetryPolicy.backoff(afterAttempt: count, using: &random) <= .seconds(1))
            #expect(RetryPolicy.nextAttempt(afterRounds: count, using: &random) <= .minutes(2))
        }
    }

    @Test func theSameSeedWaitsTheSame() {
        var (first, second) = (SeededGenerator(seed: 9), SeededGenerator(seed: 9))
        for attempt in 1...50 {
            #expect(
                RetryPolicy.backoff(afterAttempt: attempt, using: &first)
                    == RetryPolicy.backoff(afterAttempt: attempt, using: &second))
        }
    }

    @Test func givesUpAWriteAfterThreeTriesInACycle() {
        #expect(RetryPolicy.triesInACycle == 3)
        #expect(RetryPolicy.signingTries == 3)
    }

    /// Ten parts of the range, each drawn about as often: within five standard deviations.
    private func expectEven(_ waits: [Int64], in range: ClosedRange<Int64>) {
        #expect(waits.allSatisfy(range.contains))
        var tenths = [Int](repeating: 0, count: 10)
        for wait in waits {
            tenths[Int((wait - range.lowerBound) * 10 / (range.upperBound - range.lowerBound + 1))] += 1
        }
        let mean = Self.drawn / 10
        #expect(tenths.allSatisfy { abs($0 - mean) < 100 }, "\(tenths)")
    }
}
