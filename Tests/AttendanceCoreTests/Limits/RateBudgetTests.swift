import SeededRandom
import AttendanceCore
import Testing

@Suite struct RateBudgetTests {
    private static let start = Timestamp(seconds: 1000)

    // MARK: Any window, any moment of arrival

    @Test(arguments: UInt64(1)...40)
    func neverSpendsMoreThanTheCreditsInAnyWindow(seed: UInt64) {
        var random = SeededGenerator(seed: seed &* 7919)
        let credits = Int.random(in: 4...60, using: &random)
        let run = BudgetRun(
            limit: RateLimit(credits: credits, window: .milliseconds(.random(in: 200...6000, using: &random))),
            workers: .random(in: 1...8, using: &random),
            latency: 0...Int64.random(in: 1...4_000_000, using: &random),
            asks: [[1], [3], [1, 3]], cancelledPercent: .random(in: 0...100, using: &random))
        let exchanges = run.exchanges(length: 60_000_000, seed: seed)
        #expect(exchanges.count > 10)
        #expect(run.worstWindow(exchanges) <= credits)
    }

    @Test func aWindowOfOneSecondHoldsToo() {
        let run = BudgetRun(
            limit: RateLimit(credits: 15, window: .seconds(1)), workers: 4, latency: 1...999, asks: [[1], [3]])
        let exchanges = run.exchanges(length: 60_000_000, seed: 1)
        #expect(run.worstWindow(exchanges) <= 15)
    }

    @Test(arguments: [[[1]], [[3]], [[1], [3]]])
    func usesNineTenthsOfTheCreditsWhenAnswersAreQuickAndWorkIsWaiting(asks: [[Int]]) {
        let run = BudgetRun(limit: RateLimit(), workers: 4, latency: 5000...40_000, asks: asks)
        let minutes: Int64 = 10
        let spent = run.exchanges(length: minutes * 60_000_000, seed: 2).reduce(0) { $0 + $1.cost }
        let offered = Int(minutes) * 60 / 5 * 15
        #expect(spent * 100 >= offered * 90, "\(spent) of \(offered)")
    }

    /// A read and its write are taken together, so what is left under four credits waits.
    @Test func usesAllThatReadsWithTheirWritesCanUse() {
        let run = BudgetRun(limit: RateLimit(), workers: 4, latency: 5000...40_000, asks: [[1, 3]])
        let spent = run.exchanges(length: 600_000_000, seed: 2).reduce(0) { $0 + $1.cost }
        #expect(spent * 100 >= 600 / 5 * 12 * 97, "\(spent)")
    }

    // MARK: One step at a time

    @Test func creditsComeBackAWindowAfterTheAnswer() throws {
        var budget = RateBudget(RateLimit(credits: 3, window: .seconds(5)))
        let ticket = try tickets(budget.take([3], now: Self.start))[0]
        #expect(budget.take([1], now: Self.start + .seconds(60)) == .waitForAnswer)
        budget.settle(ticket, at: Self.start + .seconds(60))
        guard case .wait(let until) = budget.take([1], now: Self.start + .seconds(60)) else {
            Issue.record("went before the window was over")
            return
        }
        #expect(until - (Self.start + .seconds(65)) <= .milliseconds(1))
        #expect(budget.take([1], now: until - .milliseconds(1)) == .wait(until: until))
        _ = try tickets(budget.take([1], now: until))
    }

    @Test func waitsOnlyForAsManyCreditsAsItNeeds() throws {
        var budget = RateBudget(RateLimit(credits: 3, window: .seconds(5)))
        let taken = try tickets(budget.take([1, 1, 1], now: Self.start))
        for (index, ticket) in taken.enumerated() { budget.settle(ticket, at: Self.start + .seconds(Int64(index))) }
        let now = Self.start + .seconds(3)
        let waits = [[1], [2], [1, 2]].map { budget.take($0, now: now) }
        let expected = (5...7).map { RateBudget.Answer.wait(until: Self.start + .seconds($0) + .milliseconds(1)) }
        #expect(waits == expected)
    }

    @Test func takesAllOrNothing() throws {
        var budget = RateBudget(RateLimit(credits: 5, window: .seconds(5)))
        _ = try tickets(budget.take([3], now: Self.start))
        #expect(budget.take([1, 3], now: Self.start) == .waitForAnswer)
        #expect(budget.available(now: Self.start) == 2)
        #expect(try tickets(budget.take([1, 1], now: Self.start)).count == 2)
        #expect(budget.available(now: Self.start) == 0)
    }

    @Test func whatIsCancelledWasNeverSpent() throws {
        var budget = RateBudget(RateLimit(credits: 4, window: .seconds(5)))
        let taken = try tickets(budget.take([1, 3], now: Self.start))
        budget.cancel(taken[1])
        #expect(budget.spent(now: Self.start) == 1)
        _ = try tickets(budget.take([3], now: Self.start))
        // A second word about the same ticket changes nothing.
        budget.cancel(taken[1])
        budget.settle(taken[1], at: Self.start)
        #expect(budget.spent(now: Self.start) == 4)
    }

    @Test func countsWhatAnEarlierProcessMayHaveSpent() throws {
        var budget = RateBudget(RateLimit(credits: 15, window: .seconds(5)))
        budget.carryOver(15, settled: Self.start)
        #expect(budget.available(now: Self.start) == 0)
        guard case .wait(let until) = budget.take([1], now: Self.start) else {
            Issue.record("spent what was spent already")
            return
        }
        #expect(until > Self.start + .seconds(5))
        _ = try tickets(budget.take([15], now: until))
    }

    @Test func sendsNothingBeforeTheServerAllowsIt() throws {
        var budget = RateBudget(RateLimit())
        budget.block(until: Self.start + .seconds(30))
        budget.block(until: Self.start + .seconds(10))
        #expect(budget.available(now: Self.start) == 0)
        #expect(budget.take([1], now: Self.start) == .wait(until: Self.start + .seconds(30)))
        #expect(
            budget.take([1], now: Self.start + .milliseconds(29_999)) == .wait(until: Self.start + .seconds(30)))
        #expect(budget.available(now: Self.start + .seconds(30)) == 15)
        _ = try tickets(budget.take([1], now: Self.start + .seconds(30)))
    }

    @Test func whatCostsMoreThanThereEverIsGoesAlone() throws {
        var budget = RateBudget(RateLimit(credits: 2, window: .seconds(5)))
        let small = try tickets(budget.take([1], now: Self.start))[0]
        #expect(budget.take([1, 3], now: Self.start) == .waitForAnswer)
        budget.settle(small, at: Self.start)
        guard case .wait(let until) = budget.take([1, 3], now: Self.start) else {
            Issue.record("waits for an answer that nobody owes")
            return
        }
        let large = try tickets(budget.take([1, 3], now: until))
        #expect(budget.available(now: until) == 0)
        #expect(budget.take([1], now: until) == .waitForAnswer)
        for ticket in large { budget.settle(ticket, at: until) }
        #expect(budget.take([1], now: until) != .waitForAnswer)
    }

    private func tickets(_ answer: RateBudget.Answer) throws -> [RateBudget.Ticket] {
        guard case .go(let tickets) = answer else {
            throw Refused(answer: answer)
        }
        return tickets
    }

    private struct Refused: Error {
        var answer: RateBudget.Answer
    }
}
