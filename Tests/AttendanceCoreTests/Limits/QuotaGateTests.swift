import SeededRandom
import AttendanceCore
import Testing

@Suite struct QuotaGateTests {
    private static let start = Timestamp(seconds: 600)

    @Test func goesWhileNothingIsKnown() {
        var gate = QuotaGate()
        #expect(gate.available(now: Self.start) == nil)
        for _ in 0..<10 { #expect(gate.take(now: Self.start) == .go) }
    }

    @Test func neverHasMoreInFlightThanIsLeft() {
        var gate = QuotaGate()
        #expect(gate.take(now: Self.start) == .go)
        gate.settle(reading(3, minute: 1))
        for _ in 0..<3 { #expect(gate.take(now: Self.start) == .go) }
        #expect(gate.take(now: Self.start) == .wait(until: resetsAt(1)))
        gate.settle(reading(2, minute: 1))
        #expect(gate.take(now: Self.start) == .wait(until: resetsAt(1)))
        #expect(gate.available(now: Self.start) == 2)
    }

    @Test func anAnswerThatWasOvertakenDoesNotRaiseTheCount() {
        var gate = QuotaGate()
        for _ in 0..<3 { _ = gate.take(now: Self.start) }
        gate.settle(reading(1, minute: 1))
        gate.settle(reading(3, minute: 1))
        #expect(gate.available(now: Self.start) == 1)
        #expect(gate.take(now: Self.start) == .wait(until: resetsAt(1)))
    }

    @Test func aNewMinuteCountsAnew() {
        var gate = QuotaGate()
        _ = gate.take(now: Self.start)
        gate.settle(reading(0, minute: 1))
        #expect(gate.take(now: resetsAt(1) - .milliseconds(1)) == .wait(until: resetsAt(1)))
        #expect(gate.take(now: resetsAt(1)) == .go)
        #expect(gate.available(now: resetsAt(1)) == nil)
        gate.settle(reading(1199, minute: 2))
        #expect(gate.available(now: resetsAt(1)) == 1199)
    }

    @Test func anAnswerOfTheMinuteBeforeSaysNothingOfThisOne() {
        var gate = QuotaGate()
        for _ in 0..<2 { _ = gate.take(now: Self.start) }
        gate.settle(reading(500, minute: 2))
        gate.settle(reading(0, minute: 1))
        #expect(gate.available(now: resetsAt(1)) == 500)
        #expect(gate.take(now: resetsAt(1)) == .go)
    }

    @Test func anAnswerWithoutHeadersOnlyEndsItsRequest() {
        var gate = QuotaGate()
        _ = gate.take(now: Self.start)
        gate.settle(reading(1, minute: 1))
        #expect(gate.take(now: Self.start) == .go)
        #expect(gate.take(now: Self.start) != .go)
        gate.settle(nil)
        #expect(gate.take(now: Self.start) == .go)
    }

    @Test func aBlockHoldsUntilItsEndAndIsNotShortened() {
        var gate = QuotaGate()
        gate.block(until: Self.start + .seconds(9))
        gate.block(until: Self.start + .seconds(5))
        #expect(gate.take(now: Self.start + .seconds(8)) == .wait(until: Self.start + .seconds(9)))
        #expect(gate.take(now: Self.start + .seconds(9)) == .go)
    }

    /// A server that counts each request at a random moment between its sending and its answer.
    @Test(arguments: UInt64(1)...20)
    func theServerNeverCountsMoreThanItsLimit(seed: UInt64) {
        struct Flight {
            var ends: Int64
            var arrives: Int64
        }
        var random = SeededGenerator(seed: seed)
        let (limit, minute) = (Int.random(in: 10...60, using: &random), Int64(60_000))
        var gate = QuotaGate()
        var counts: [Int64: Int] = [:]
        var flights: [Flight] = []
        var arrivals: [Int64] = []
        var now: Int64 = 7 * minute + .random(in: 0..<minute, using: &random)
        let end = now + 10 * minute
        var sent = 0
        while now < end {
            if flights.count < 8, gate.take(now: Timestamp(milliseconds: now)) == .go {
                sent += 1
                let ends = now + .random(in: 1...3000, using: &random)
                flights.append(Flight(ends: ends, arrives: .random(in: now...ends, using: &random)))
            }
            now += .random(in: 1...100, using: &random)
            while let index = flights.indices.filter({ flights[$0].ends <= now })
                .min(by: { flights[$0].ends < flights[$1].ends })
            {
                let flight = flights.remove(at: index)
                let counted = flight.arrives / minute
                // Its place in the count is that of its arrival, not of its answer.
                let earlier =
                    arrivals.filter { $0 / minute == counted && $0 <= flight.arrives }.count
                    + flights.filter { $0.arrives / minute == counted && $0.arrives <= flight.arrives }.count
                arrivals.append(flight.arrives)
                counts[counted, default: 0] += 1
                gate.settle(
                    QuotaGate.Reading(
                        remaining: limit - earlier - 1, minute: counted,
                        resetsAt: Timestamp(milliseconds: (counted + 1) * minute)))
            }
        }
        #expect(sent > limit)
        #expect(counts.values.allSatisfy { $0 <= limit }, "\(counts) of \(limit)")
    }

    private func resetsAt(_ minute: Int64) -> Timestamp { Self.start + .minutes(minute) }

    private func reading(_ remaining: Int, minute: Int64) -> QuotaGate.Reading {
        QuotaGate.Reading(remaining: remaining, minute: minute, resetsAt: resetsAt(minute))
    }
}
