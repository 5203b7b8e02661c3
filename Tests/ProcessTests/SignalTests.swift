import Foundation
import Sandbox
import Testing

/// SIGTERM and SIGHUP.
@Suite struct SignalTests {
    @Test func aStopFinishesAndStoresTheRequestInFlight() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        let fault = place.sandbox.add(
            Fault(.hang(seconds: 1.5), side: .schoology, method: "PUT", count: 1, isApplied: true))
        let daemon = try place.start("run")
        try await eventually("a PUT is in flight") { place.sandbox.strikes(ofFault: fault) == 1 }
        daemon.signal(SIGTERM)
        let ended = try await daemon.end(within: .seconds(30))
        #expect(ended.status == 0)
        let events = LogLine.all(ended.log)
        #expect(events.contains { $0.event == "push.sent" })
        #expect(!events.contains { $0.event == "push.unknown" })
        #expect(events.last?.event == "service.stopped")
        place.sandbox.clearRequests()
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
        #expect(place.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
    }

    @Test(arguments: ["run", "once"], [SIGTERM, SIGINT])
    func aRequestThatHangsHoldsTheStopUpForLessThanHalfAMinute(command: String, signal: Int32) async throws {
        let place = try await Installation.make()
        let fault = place.sandbox.add(Fault(.hang(seconds: 3600), path: "/v3.1/attendance/*", count: 1))
        let program = try place.start(command)
        try await eventually("a request hangs") { place.sandbox.strikes(ofFault: fault) == 1 }
        program.signal(signal)
        let ended = try await program.end(within: .seconds(30))
        #expect(ended.signal == 0)
        if command == "run" { #expect(ended.status == 0) }
        place.sandbox.removeAllFaults()
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    @Test func anIdleDaemonStopsAtOnce() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        daemon.signal(SIGTERM)
        #expect(try await daemon.end(within: .seconds(5)).status == 0)
    }

    @Test func aReloadTakesTheNewConfigurationAndKeepsSyncing() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try place.configure(.init(pollInterval: "1s"))
        daemon.signal(SIGHUP)
        try await daemon.logs("config.reloaded")
        // The new interval is in force: a correction arrives without another signal.
        try place.mark(place.pairs[0], "absent", code: "E")
        try await eventually("the correction arrives") { try place.shown(place.pairs[0]) == 4 }
        try place.mark(place.pairs[0], "tardy")
        try await eventually("the next one arrives") { try place.shown(place.pairs[0]) == 3 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    @Test(arguments: ["timezone = 7", "[[district", "\u{0}", ""])
    func aReloadOfABadConfigurationKeepsTheOldOne(text: String) async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try Data(text.utf8).write(to: place.configuration)
        daemon.signal(SIGHUP)
        try await daemon.logs("config.rejected")
        try place.mark(place.pairs[0], "absent", code: "E")
        try await eventually("the correction arrives") { try place.shown(place.pairs[0]) == 4 }
        #expect(!daemon.hasLogged("config.reloaded"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    @Test func aReloadAddsAndRemovesDistricts() async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try place.configure(.init(more: place.district("second")))
        daemon.signal(SIGHUP)
        try await eventually("the second district runs") {
            LogLine.all(daemon.log).contains { $0.event == "cycle.finished" && $0.fields["district"] == "second" }
        }
        try place.configure(.init())
        daemon.signal(SIGHUP)
        try await daemon.logs("config.reloaded", count: 2)
        // Its state is free again.
        #expect(try await Self.once(place, district: "second").status == 0)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    private static func once(_ place: Installation, district: String) async throws -> Program.Ended {
        try place.configure(.init(more: place.district(district)))
        return try await place.run("once", "--district", district)
    }
}
