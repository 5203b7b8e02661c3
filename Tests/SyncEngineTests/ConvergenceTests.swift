import Sandbox
import SyncEngine
import Testing

/// What Clever says is what Schoology shows, and nothing is done twice.
@Suite struct ConvergenceTests {
    @Test func firstCycleMakesSchoologyShowWhatCleverSays() async throws {
        let town = try await Town.start(students: 80)
        let report = try await town.cycle()
        #expect(report.outcome == .done)
        #expect(town.wanted.count >= 10)
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
        #expect(report.counts.sent == town.wanted.count)
        #expect(report.counts.acknowledged == town.wanted.count)
    }

    @Test(arguments: [3, 8]) func peopleWithoutACounterpartKeepNobodyFromArriving(seed: UInt64) async throws {
        let town = try await Town.start(students: 330, elementaryPercent: 20, days: 2, oddities: .realistic, seed: seed)
        let report = try await town.cycle()
        #expect(report.failures.isEmpty)
        #expect(report.totals.waiting > 0)
        #expect(town.rows == town.wanted)
    }

    @Test(arguments: [DistrictEngine.Kind.scheduled, .once])
    func aCycleWithNothingNewAsksCleverOnceAndWritesNothing(kind: DistrictEngine.Kind) async throws {
        let town = try await Town.start()
        try await town.cycle(kind)
        town.sandbox.clearRequests()
        let report = try await town.cycle(kind)
        #expect(report.unchanged)
        #expect(report.outcome == .done)
        #expect(town.cleverRequests.map(\.target) == ["/v3.1/districts"])
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.cleverUnchanged).count == 1)
    }

    @Test func aSyncThatChangedNothingIsReadAndWritesNothing() async throws {
        let town = try await Town.start()
        try await town.cycle()
        town.sandbox.clearRequests()
        town.time.advance(.minutes(5))
        town.sandbox.finishAttendanceSync()
        let report = try await town.cycle()
        #expect(!report.unchanged)
        #expect(report.counts.changed == 0)
        #expect(town.sandbox.requests.allSatisfy { $0.side == .clever })
    }

    @Test func aCorrectionArrivesAndNothingElseIsWritten() async throws {
        let town = try await Town.start()
        let engine = try town.open()
        _ = await engine.runCycle(.scheduled)
        let pair = try #require(town.secondary.first)
        let yesterday = Town.today.adding(days: -1)
        for (status, code, shown) in [("absent", nil, 2), ("absent", "MED", 4), ("tardy", nil, 3)]
            as [(String, String?, Int)]
        {
            for day in [Town.today, yesterday] {
                town.time.advance(.minutes(5))
                town.sandbox.clearRequests()
                try town.mark(pair, status, code: code, on: day)
                _ = await engine.runCycle(.scheduled)
                #expect(try town.shown(pair, on: day) == shown)
                #expect(town.puts.flatMap(\.items).map(\.enrollment) == [pair.enrollment])
            }
        }
        #expect(town.rows == town.wanted)
    }

    @Test func aMarkTakenBackBecomesPresent() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
        town.time.advance(.minutes(5))
        try town.mark(pair, "present")
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
        #expect(town.puts.last?.items.map(\.status) == ["1"])
        #expect(town.rows == town.wanted)
    }

    @Test func aRecordThatCleverStopsServingIsNotTakenForPresent() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.cycle()
        town.time.advance(.minutes(5))
        try town.sandbox.removeCleverRecord(student: pair.cleverStudent, section: pair.cleverSection, date: Town.today)
        town.sandbox.finishAttendanceSync()
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
        #expect(town.puts.isEmpty)
    }

    @Test func aDistrictThatCleverCallsPausedIsReadAndNotWritten() async throws {
        let town = try await Town.start()
        town.sandbox.setDistrictState("paused")
        try await town.cycle()
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.districtPaused).map { $0["paused"] } == ["true"])
        // Nor is a section asked for what it says, cycle after cycle, for writes that may not go.
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(town.sandbox.requests.allSatisfy { $0.side == .clever || !$0.path.contains("/attendance") })
        town.sandbox.setDistrictState("running")
        try await town.cycle()
        #expect(town.rows == town.wanted)
    }
}
