import Foundation
import Sandbox
import Testing

/// What `once` says where `attendance.csv` can't be delivered, and that nothing is lost by it.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct UploadExitCodeTests {
    @Test(arguments: Obstacle.possible) func anObstacleIsNamedAndOnceMendedTheNextOnceDelivers(obstacle: Obstacle)
        async throws
    {
        let circle = try await Circle.make(capacity: obstacle == .fullDisk ? Obstacle.capacity : nil)
        let place = circle.place
        let pairs = place.pairs
        #expect(try await place.run("once").status == 0)
        let closed = try ClosedPort()
        defer { closed.release() }
        try obstacle.put(before: circle, closed: closed)
        try circle.teach(pairs[0], 3)
        try place.mark(pairs[4], "absent")

        let stopped = try await place.run("once", "--upload")
        #expect(stopped.status == obstacle.exitStatus, "\(stopped.log)")
        #expect(stopped.output.contains("attendance.csv was not uploaded"))
        #expect(stopped.output.contains("to mend it"))
        #expect(!circle.names.contains("attendance.csv"))
        // The other direction goes on.
        #expect(try place.shown(pairs[4]) == 2)
        #expect(try await place.run("status").status == 1 || obstacle == .nothingListens)
        #expect(!(stopped.log + stopped.output).contains(Obstacle.password))

        try obstacle.takeAway(from: circle)
        let mended = try await place.run("once")
        #expect(mended.status == 0, "\(mended.log)")
        #expect(circle.rows?.count == 1)
        try await circle.close()
        #expect(try circle.cleverSays(pairs[0]) == "tardy")
        #expect(try await place.run("status").status == 0)
        try await circle.expectRest()
    }

    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func aRefusedLoginIsSaidOnce() async throws {
        let circle = try await Circle.make()
        try circle.place.secret(Obstacle.password, "sftp-password")
        try circle.teach(circle.place.pairs[0], 3)
        let first = try await circle.place.run("once", "--upload")
        #expect(LogLine.all(first.log).filter { $0.event == "auth.failed" }.map { $0.fields["side"] } == ["sftp"])
        let again = try await circle.place.run("once", "--upload")
        #expect(again.status == 78)
        #expect(!LogLine.all(again.log).contains { $0.event == "auth.failed" })
        try circle.place.secret(circle.server.password ?? "", "sftp-password")
        let mended = try await circle.place.run("once")
        #expect(mended.status == 0)
        #expect(LogLine.all(mended.log).contains { $0.event == "auth.recovered" && $0.fields["side"] == "sftp" })
    }
}
