import Foundation
import Sandbox
import Testing

/// `run` in both directions: what it does by itself.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct WayBackDaemonTests {
    @Test func carriesEditsBothWaysAndSeesTheEcho() async throws {
        let circle = try await Circle.make(options: .init(uploadInterval: "1s"))
        let place = circle.place
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        circle.sandbox.clearRequests()
        try circle.teach(place.pairs[0], 3)
        try place.mark(place.pairs[4], "absent")
        try await daemon.logs("csv.uploaded")
        circle.ingest()
        try await daemon.logs("csv.confirmed")
        try await eventually("the office's mark arrives") { try place.shown(place.pairs[4]) == 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(place.differences == [])
        #expect(circle.puts.count == 1)
        // It reads the days that the daemon leaves for once a day.
        #expect(try await place.run("once").status == 0)
        try await circle.expectRest()
    }

    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func staysUpWithAWrongPasswordAndTakesTheRightOneByItself()
        async throws
    {
        let circle = try await Circle.make(options: .init(uploadInterval: "1s"))
        let place = circle.place
        try place.secret(Obstacle.password, "sftp-password")
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try circle.teach(place.pairs[0], 3)
        try await daemon.logs("auth.failed")
        let cycles = LogLine.all(daemon.log).count { $0.event == "cycle.finished" }
        // The other direction goes on meanwhile.
        try place.mark(place.pairs[4], "absent")
        try await eventually("the office's mark arrives") { try place.shown(place.pairs[4]) == 2 }
        try await daemon.logs("cycle.finished", count: cycles + 3)
        #expect(circle.rows == nil)

        try place.secret(circle.server.password ?? "", "sftp-password")
        try await daemon.logs("csv.uploaded")
        try await daemon.logs("auth.recovered")
        #expect(circle.rows?.count == 1)
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(ended.status == 0)
        let failures = LogLine.all(ended.log).filter { $0.event == "auth.failed" }
        #expect(failures.map { $0.fields["side"] } == ["sftp"])
        #expect(!ended.log.contains(Obstacle.password))
        #expect(!ended.log.contains(circle.server.password ?? "-"))
        try await circle.close()
        try await circle.expectRest()
    }
}
