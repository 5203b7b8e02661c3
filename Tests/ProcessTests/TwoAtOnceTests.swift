import Foundation
import Sandbox
import Testing

/// A second process finds the state taken, says so at once, and doesn't disturb the first.
@Suite struct TwoAtOnceTests {
    @Test(arguments: ["once", "run"], ["once", "run"]) func theSecondGoesAway(first: String, second: String)
        async throws
    {
        let place = try await Installation.make()
        let fault = place.sandbox.add(
            Fault(.hang(seconds: 3), path: "/v3.1/districts", count: 1, isApplied: true))
        let holder = try place.start(first)
        try await eventually("a request hangs") { place.sandbox.strikes(ofFault: fault) == 1 }
        let requests = place.sandbox.requests.count
        let clock = ContinuousClock()
        let began = clock.now
        let refused = try await place.run(second)
        #expect(refused.status == 75)
        #expect((refused.log + refused.output).contains("another attendance-sync process is using"))
        #expect(clock.now - began < .seconds(3))
        #expect(place.sandbox.requests.count == requests)
        if first == "run" {
            try await holder.logs("cycle.finished")
            holder.signal(SIGTERM)
        }
        let ended = try await holder.end()
        #expect(ended.status == 0, "\(ended.log)")
        #expect(!LogLine.all(ended.log).contains { $0.event == "cycle.failed" })
        #expect(place.differences == [])
    }

    @Test func aKillFreesTheState() async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        daemon.signal(SIGKILL)
        #expect(try await daemon.end().signal == SIGKILL)
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }
}
