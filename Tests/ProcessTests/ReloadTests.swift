import Foundation
import Sandbox
import Testing

/// A reload is taken over whole or not at all, and says what a district that is taken out leaves behind.
@Suite struct ReloadTests {
    private func reload(_ daemon: Program, until event: String, count: Int = 1) async throws {
        daemon.signal(SIGHUP)
        try await daemon.logs(event, count: count)
    }

    @Test func aDistrictThatIsTakenOutSaysWhatItHasNotDelivered() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        try place.configure(.init(pollInterval: "1h", more: place.district("other", .init(pollInterval: "1h"))))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished", count: 2)
        place.sandbox.add(Fault(.status(503), side: .schoology, method: "PUT"))
        let pair = try #require(place.pairs.first { (try? place.shown($0)) == 1 })
        try place.mark(pair, "absent")
        // Both districts are the sandbox's, and read again after a restart.
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        let again = try place.start("run")
        try await again.logs("cycle.finished", count: 2)
        try place.configure(.init(pollInterval: "1h"))
        try await reload(again, until: "config.reloaded")
        let removed = try #require(LogLine.all(again.log).first { $0.event == "district.removed" })
        #expect(removed.fields["district"] == "other")
        #expect(removed.fields["pending"] == "1")
        #expect(removed.fields["level"] == "warning")
        // It comes back, and goes on.
        place.sandbox.removeAllFaults()
        try place.configure(.init(pollInterval: "1h", more: place.district("other", .init(pollInterval: "1h"))))
        try await reload(again, until: "config.reloaded", count: 2)
        try await eventually("other runs again") {
            LogLine.all(again.log).count { $0.event == "cycle.finished" && $0.fields["district"] == "other" } == 2
        }
        again.signal(SIGTERM)
        #expect(try await again.end().status == 0)
    }

    @Test func aStateThatCannotBeOpenedKeepsTheWholeReloadOut() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try Data("not a database, but long enough to be looked at as one".utf8)
            .write(to: place.stateFolder.appendingPathComponent("other.sqlite"))
        // The first district would poll each second under the new configuration.
        try place.configure(.init(pollInterval: "1s", more: place.district("other")))
        try await reload(daemon, until: "config.rejected")
        let cycles = LogLine.all(daemon.log).count { $0.event == "cycle.finished" }
        try await Task.sleep(for: .seconds(3))
        #expect(LogLine.all(daemon.log).count { $0.event == "cycle.finished" } == cycles)
        #expect(daemon.log.contains("other.sqlite is damaged"))
        #expect(!daemon.hasLogged("config.reloaded"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }
}
