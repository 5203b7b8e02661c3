import AttendanceCore
import Sandbox
import SyncEngine
import Synchronization
import Testing

/// Budgets: what the servers allow is used and never exceeded, waits are kept, retries are few.
@Suite struct RateTests {
    @Test(arguments: [15, 4, 7]) func theCreditsAreNeverExceededAcrossARestart(credits: Int) async throws {
        let town = try await Town.start(students: 60, sandbox: { $0.schoologyCredits = credits })
        let wire = try Wire(time: town.time, fate: { number, _ in number == 30 ? .killedAfter : .delivered })
        // The state stays where it is: what the first engine wrote is what the second finds.
        _ = await (try town.open(wire: wire)).runCycle(.scheduled)
        let killedAt = town.time.now
        #expect(town.rows != town.wanted)
        try await town.cycle()
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.counters.rateLimited == 0)
        #expect(town.sandbox.counters.maxCreditsInWindow <= credits)
        // Work was waiting all the time after that, so the budget was used.
        let window = town.time.now - killedAt
        let windows = Double(window.milliseconds) / 5000
        let used = Double(town.sandbox.counters.creditsSpent)
        #expect(used >= 0.5 * windows * Double(credits))
    }

    @Test func cleversCountOfRequestsIsKept() async throws {
        let town = try await Town.start(sandbox: { $0.cleverRequestsPerMinute = 6 })
        #expect(try await town.cycle().outcome == .done)
        #expect(town.sandbox.counters.rateLimited == 0)
        #expect(town.time.slept >= .minutes(1))
        #expect(town.rows == town.wanted)
    }

    @Test func aFullSectionTakesTheFewestRequestsPossible() async throws {
        let town = try await Town.start(students: 28, elementaryPercent: 0, days: 4)
        for offset in 0..<4 {
            for (index, pair) in town.secondary.enumerated() {
                try town.mark(pair, index % 3 == 0 ? "absent" : "tardy", on: Town.today.adding(days: -offset))
            }
        }
        #expect(try await town.cycle(.once).outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(town.puts.allSatisfy { $0.items.count <= 50 })
        for (_, puts) in Dictionary(grouping: town.puts, by: \.path) {
            // Today goes first, as one write for itself; then everything else of the section.
            let (today, rest) = (puts.filter(hasToday), puts.filter { !hasToday($0) })
            #expect(today.count == 1)
            #expect(rest.count == (rest.flatMap(\.items).count + 49) / 50)
        }
        // Newest dates first.
        let restDates = town.puts.filter { !hasToday($0) }.compactMap(\.items.first?.date)
        #expect(restDates.allSatisfy { $0 == Town.today.adding(days: -1).description || $0 < restDates[0] })
    }

    private func hasToday(_ put: RequestRecord) -> Bool {
        put.items.contains { $0.date == Town.today.description }
    }

    @Test(arguments: [true, false]) func a429WaitsAsTold(isWrite: Bool) async throws {
        let town = try await Town.start()
        let fault = Fault(.status(429, retryAfter: 40), side: .schoology, method: isWrite ? "PUT" : "GET", count: 2)
        let id = town.sandbox.add(fault)
        #expect(try await town.cycle().outcome == .done)
        #expect(town.sandbox.strikes(ofFault: id) == 2)
        #expect(town.time.slept >= .seconds(40))
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
        #expect(!town.events.all(.rateWaiting).isEmpty)
        // The wait is kept: nothing reaches the server before it is over.
        let refused = town.sandbox.requests.filter { $0.status == 429 }
        for answer in refused {
            let early = town.sandbox.requests.filter {
                $0.side == .schoology && $0.number > answer.number && $0.time < answer.time.adding(seconds: 40)
                    && $0.status != 429
            }
            #expect(early.count <= 3, "only what was in flight already")
        }
    }

    @Test func aLong429IsLeftToALaterCycleAndKept() async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(.status(429, retryAfter: 3600), side: .schoology, method: "PUT", count: 1))
        let engine = try town.open()
        let before = town.time.now
        #expect(await engine.runCycle(.scheduled).outcome == .failed)
        #expect(town.time.now - before < .minutes(10))

        town.time.advance(.minutes(40))
        town.sandbox.clearRequests()
        #expect(await engine.runCycle(.scheduled).outcome == .failed)
        #expect(town.sandbox.requests.allSatisfy { $0.side == .clever })
        town.time.advance(.minutes(30))
        #expect(await engine.runCycle(.scheduled).outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test func retriesComeOutOfAnAllowance() async throws {
        let town = try await Town.start(students: 120, elementaryPercent: 0, days: 2)
        for pair in town.secondary { try town.mark(pair, "tardy") }
        town.sandbox.add(Fault(.status(503), side: .schoology, method: "PUT"))
        _ = try await town.cycle()
        let schoology = town.sandbox.requests.filter { $0.side == .schoology }
        // The same items once more are a retry.
        let retries = town.puts.count - Set(town.puts.map(\.items)).count
        #expect(Set(town.puts.map(\.path)).count >= 12)
        #expect(retries <= 10 + schoology.count / 10)
        #expect(retries >= 10)
        town.sandbox.removeAllFaults()
        town.time.advance(.hours(9))
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }
}
