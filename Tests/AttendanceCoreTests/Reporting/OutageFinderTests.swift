import AttendanceCore
import Testing

/// Which stretches count as outages, and since when it works.
@Suite struct OutageFinderTests {
    private func time(_ minutes: Int64) -> Timestamp { Timestamp(seconds: 1_700_000_000) + .minutes(minutes) }

    private func found(
        _ cycles: [(at: Int64, isGood: Bool)], now: Int64
    ) -> (since: Timestamp?, outages: [DistrictFacts.Health.Outage]) {
        var finder = OutageFinder(silence: .minutes(15))
        for cycle in cycles {
            finder.add(
                started: time(cycle.at), finished: time(cycle.at) + .seconds(5), isGood: cycle.isGood,
                reason: cycle.isGood ? nil : "clever is unreachable")
        }
        return finder.result(now: time(now))
    }

    @Test func aFailureThatTheNextCycleMendsIsNone() {
        let result = found([(0, true), (5, false), (10, true)], now: 12)
        #expect(result.since == time(0))
        #expect(result.outages == [])
    }

    @Test func failuresThatLastAreOne() {
        let result = found([(0, true), (5, false), (10, false), (15, false), (20, true), (25, true)], now: 26)
        #expect(result.since == time(20) + .seconds(5))
        #expect(
            result.outages == [
                .init(from: time(0) + .seconds(5), to: time(20) + .seconds(5), reason: "clever is unreachable")
            ])
    }

    @Test func aServiceThatDidNotRunIsOne() {
        let result = found([(0, true), (60, true)], now: 61)
        #expect(result.outages.map(\.reason) == ["no cycle ran: the service was stopped, or could not start"])
        #expect(result.since == time(60) + .seconds(5))
    }

    @Test func oneThatLastsHasNoEnd() {
        let result = found([(0, true), (60, true), (65, false)], now: 90)
        #expect(result.since == nil)
        #expect(result.outages.map(\.to) == [nil, time(60) + .seconds(5)])
        #expect(result.outages.first?.reason == "clever is unreachable")
    }

    @Test func aCycleThatTakesLongIsNone() {
        var finder = OutageFinder(silence: .minutes(15))
        finder.add(started: time(0), finished: time(0), isGood: true, reason: nil)
        finder.add(started: time(5), finished: time(45), isGood: true, reason: nil)
        #expect(finder.result(now: time(46)).outages == [])
    }

    @Test func nothingAtAllIsNeither() {
        #expect(found([], now: 1).since == nil)
        #expect(found([], now: 1).outages == [])
        // Failing from the start.
        #expect(found([(0, false), (5, false)], now: 30).outages.map(\.to) == [nil])
    }

    @Test func ranksAreOfWhatWasMeasured() {
        #expect(DistrictFacts.Delay([]) == nil)
        let one = DistrictFacts.Delay([.seconds(7)])
        #expect(one?.median == .seconds(7) && one?.p95 == .seconds(7))
        let hundred = DistrictFacts.Delay((1...100).shuffled().map { .seconds($0) })
        #expect(hundred?.count == 100)
        #expect(hundred?.median == .seconds(50))
        #expect(hundred?.p95 == .seconds(95))
    }
}
