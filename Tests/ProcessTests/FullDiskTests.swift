import Foundation
import Sandbox
import Testing

/// The disk that holds the state is full.
@Suite(.enabled(if: OpenSSHServer.canMakeUsers, "a small disk takes root and the right to mount"))
struct FullDiskTests {
    @Test func onceSaysSoBeforeItAsksAnybody() async throws {
        let place = try await Installation.make(diskBytes: 8 << 20)
        let disk = try #require(place.disk)
        try disk.fill()
        let stopped = try await place.run("once")
        expectFull(stopped)
        #expect(place.sandbox.requests.isEmpty)
        try disk.free()
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
        #expect(try await place.run("status").status == 0)
    }

    @Test func onceThatIsStoppedInTheMiddleOfAScanGoesOnThere() async throws {
        let place = try await Installation.make(
            students: 80, diskBytes: 8 << 20, options: .init(clever: "page_size = 10"))
        let disk = try #require(place.disk)
        let fault = place.sandbox.add(
            Fault(.hang(seconds: 1), path: "/v3.1/attendance/*", skip: 3, count: 1, isApplied: true))
        let program = try place.start("once")
        try await eventually("a page hangs") { place.sandbox.strikes(ofFault: fault) == 1 || !program.isRunning }
        try disk.fill()
        expectFull(try await program.end())
        // Not even the small commands lose anything.
        #expect(try await place.run("status", "--json").status == 1)
        try disk.free()
        let after = try await place.run("once")
        #expect(after.status == 0, "\(after.log)")
        #expect(place.differences == [])
    }

    @Test func runWaitsForSpaceAndBeginsByItself() async throws {
        let place = try await Installation.make(diskBytes: 8 << 20)
        let disk = try #require(place.disk)
        try disk.fill()
        let socket = try NotifySocket(in: place.folder)
        let daemon = try place.start("run", environment: ["NOTIFY_SOCKET": socket.path])
        try await daemon.logs("cycle.failed")
        try await eventually("systemd hears of it") {
            try socket.messages().contains { $0.contains("waiting for disk") }
        }
        // Tried again each second, and said once.
        try await Task.sleep(for: .milliseconds(2500))
        #expect(Self.complaints(daemon.log).count == 1)
        #expect(place.sandbox.requests.isEmpty)
        try disk.free()
        try await daemon.logs("cycle.finished")
        try await eventually("both sides agree") { place.differences == [] }
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(ended.status == 0)
        #expect(Self.complaints(ended.log).last?.fields["repeated"] != nil)
        #expect(try await place.run("once").status == 0)
    }

    @Test(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server"))
    func runWaitsForSpaceInTheMiddleOfItsWorkAndLosesNothing() async throws {
        let twins = try await Twins.make(diskBytes: 8 << 20)
        let disk = try #require(twins.tried.place.disk)
        try await twins.begin()
        let daemon = try twins.tried.place.start("run")
        try await daemon.logs("cycle.finished")
        try disk.fill()
        try twins.change(round: 0)
        try await daemon.logs("cycle.failed")
        try await Task.sleep(for: .milliseconds(2500))
        #expect(daemon.isRunning)
        // Each once: SQLite may say it in another way in the middle of a cycle than at its start.
        let reasons = Self.complaints(daemon.log).map { $0.fields["reason"] ?? "" }
        #expect(Set(reasons).count == reasons.count, "\(reasons)")
        let cycles = LogLine.all(daemon.log).count { $0.event == "cycle.finished" && $0.fields["outcome"] == "done" }
        try disk.free()
        try await eventually("it goes on by itself") {
            LogLine.all(daemon.log).count { $0.event == "cycle.finished" && $0.fields["outcome"] == "done" }
                >= cycles + 3
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        for circle in [twins.calm, twins.tried] {
            #expect(try await circle.place.run("once", "--upload").status == 0)
        }
        try await twins.expectSameEnd("after a full disk")
    }

    private static func complaints(_ log: String) -> [LogLine] {
        LogLine.all(log).filter { $0.event == "cycle.failed" && $0.fields["side"] == "state" }
    }

    private func expectFull(_ ended: Program.Ended, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(ended.status == 78, "\(ended.log)", sourceLocation: sourceLocation)
        #expect(ended.output.contains("no space left"), sourceLocation: sourceLocation)
        #expect(
            ended.output.contains("free space on the disk that holds the state"), sourceLocation: sourceLocation)
        #expect(Self.complaints(ended.log).count == 1, "\(ended.log)", sourceLocation: sourceLocation)
    }
}
