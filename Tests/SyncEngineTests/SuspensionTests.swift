import Sandbox
import SyncEngine
import Testing

/// 410: the section belongs to the PowerSchool app. It is left alone for a day, and the others are not.
@Suite struct SuspensionTests {
    @Test func aSectionThatIsGoneIsProbedAfterADayAndNotSooner() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try town.sandbox.setSectionGone(true, section: pair.schoologySection)
        let path = "/v1/sections/\(pair.schoologySection)/attendance"
        let engine = try town.open()
        var report = await engine.runCycle(.scheduled)
        #expect(report.outcome == .incomplete)
        #expect(report.totals.dead == 0)
        #expect(town.events.all(.sectionSuspended).map { $0["schoology_section_id"] } == [pair.schoologySection])
        #expect(town.rows.keys.allSatisfy { town.wanted[$0] != nil })

        town.sandbox.clearRequests()
        for kind in [DistrictEngine.Kind.scheduled, .once] {
            town.time.advance(.hours(11))
            town.time.advance(.minutes(50))
            try town.mark(pair, kind == .once ? "tardy" : "absent")
            report = await engine.runCycle(kind)
            #expect(town.sandbox.requests.allSatisfy { $0.path != path })
        }

        // After a day one request asks, and hears it again.
        town.time.advance(.hours(1))
        _ = await engine.runCycle(.scheduled)
        #expect(town.sandbox.requests.count { $0.path == path } == 1)
        #expect(town.events.all(.sectionSuspended).count == 2)

        try town.sandbox.setSectionGone(false, section: pair.schoologySection)
        town.time.advance(.hours(25))
        #expect(await engine.runCycle(.scheduled).outcome == .done)
        #expect(town.events.all(.sectionResumed).count == 1)
        #expect(town.rows == town.wanted)
    }

    @Test func aSectionThatGoesBetweenReadAndWriteKeepsItsMarks() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        let path = "/v1/sections/\(pair.schoologySection)/attendance"
        let fault = town.sandbox.add(Fault(.status(410), method: "PUT", path: path))
        let report = try await town.cycle()
        #expect(report.totals.suspendedSections == 1)
        #expect(report.totals.dead == 0)
        town.sandbox.removeFault(fault)
        town.time.advance(.hours(25))
        try await town.cycle()
        #expect(town.rows == town.wanted)
    }

    @Test func aDeletedSectionWaitsForAMatch() async throws {
        let town = try await Town.start()
        try await town.cycle()
        let pair = try #require(town.secondary.first)
        try town.sandbox.setSectionDeleted(true, section: pair.schoologySection)
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "E")
        let report = try await town.cycle()
        #expect(report.totals.dead == 0)
        #expect(report.totals.waiting > 0)
        try town.sandbox.setSectionDeleted(false, section: pair.schoologySection)
        town.time.advance(.hours(25))
        try await town.cycle()
        #expect(try town.shown(pair) == 4)
    }
}
