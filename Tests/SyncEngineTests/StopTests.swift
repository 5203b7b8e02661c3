import Sandbox
import SyncEngine
import Testing

/// A stop: what is in flight is finished and stored, and nothing else begins.
@Suite struct StopTests {
    @Test func aWriteInFlightIsFinishedThoughOthersWaitForCredits() async throws {
        let town = try await Town.start(students: 60, sandbox: { $0.schoologyCredits = 4 })
        let fault = town.sandbox.add(Fault(.hang(seconds: 0.3), method: "PUT", count: 1, isApplied: true))
        do {
            let engine = try town.open()
            async let cycle = engine.runCycle(.scheduled)
            while town.sandbox.strikes(ofFault: fault) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await engine.stop()
            let report = await cycle
            #expect(report.outcome == .stopped)
            #expect(report.counts.puts == 1)
            #expect(report.counts.acknowledged == report.counts.sent)
            #expect(report.failures.isEmpty)
        }
        #expect(town.events.all(.pushUnknown).isEmpty)
        try await town.cycle()
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
    }

    @Test func aStopDuringTheScanKeepsThePagesThatWereRead() async throws {
        let town = try await Town.start(settings: { $0.clever.maxInFlight = 1 })
        let oldest = "*date_range_start=\(Town.today.adding(days: -3))*"
        let fault = town.sandbox.add(
            Fault(.hang(seconds: 0.3), path: "/v3.1/attendance/*?\(oldest)", count: 1, isApplied: true))
        do {
            let engine = try town.open()
            async let cycle = engine.runCycle(.scheduled)
            while town.sandbox.strikes(ofFault: fault) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await engine.stop()
            #expect(await cycle.outcome == .stopped)
        }
        let asked = town.cleverRequests.filter { $0.path.contains("/attendance/") }.map(\.target)
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(town.rows == town.wanted)
        let askedAgain = town.cleverRequests.filter { $0.path.contains("/attendance/") }.map(\.target)
        #expect(Set(asked).isDisjoint(with: askedAgain))
    }
}
