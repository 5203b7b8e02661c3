import Foundation
import Sandbox
import Testing

/// What teachers change goes back to Clever: `once --upload` against a real OpenSSH server.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct WayBackTests {
    @Test func aTeachersEditGoesRoundTheCircle() async throws {
        let circle = try await Circle.make()
        let place = circle.place
        #expect(try await place.run("once").status == 0)
        #expect(circle.names == [])
        let pairs = place.pairs
        try circle.teach(pairs[0], 3)
        try circle.teach(pairs[4], 4)
        try place.mark(pairs[8], "absent", code: "E")

        let sent = try await place.run("once", "--upload")
        #expect(sent.status == 0)
        #expect(sent.output.contains("uploaded for Clever   2 new rows"))
        #expect(sent.output.contains("sent, unconfirmed     2 rows"))
        #expect(circle.names == ["attendance.csv"])
        #expect(circle.rows?.count == 2)
        #expect(try place.shown(pairs[8]) == 4)

        let report = circle.ingest()
        #expect(report.outcome == .ingested && report.taken == 2)
        circle.sandbox.clearRequests()
        let echo = try await place.run("once", "--upload")
        #expect(echo.output.contains("confirmed by Clever   2 rows"))
        #expect(circle.puts == [])
        #expect(place.differences == [])
        #expect(try circle.cleverSays(pairs[0]) == "tardy")
        #expect(try circle.cleverSays(pairs[4]) == "absent/E")
        try await circle.expectRest()
    }

    @Test func aMarkThatATeacherTakesBackGoesBackToo() async throws {
        let circle = try await Circle.make()
        let pair = circle.place.pairs[0]
        try circle.place.mark(pair, "absent")
        #expect(try await circle.place.run("once").status == 0)
        #expect(try circle.place.shown(pair) == 2)
        try circle.teach(pair, 1)
        #expect(try await circle.place.run("once").status == 0)
        try await circle.close()
        #expect(try circle.cleverSays(pair) == "present")
        try await circle.expectRest()
    }

    @Test func onceKeepsToTheUploadIntervalUnlessToldOtherwise() async throws {
        let circle = try await Circle.make()
        let place = circle.place
        let pairs = place.pairs
        try circle.teach(pairs[0], 3)
        #expect(try await place.run("once").status == 0)
        #expect(circle.rows?.count == 1)
        let first = circle.fileNumber

        try circle.teach(pairs[1], 3)
        let kept = try await place.run("once")
        #expect(kept.status == 0)
        #expect(kept.output.contains("waiting for upload    1 row"))
        #expect(circle.fileNumber == first)

        #expect(try await place.run("once", "--upload").status == 0)
        // Clever has shown neither, so both are in it.
        #expect(circle.rows?.count == 2)
        try await circle.close()
        try await circle.expectRest()
    }

    @Test func aDecisionOfAPersonArrivesOnBothSides() async throws {
        let circle = try await Circle.make(options: .init(policy: "hold"))
        let place = circle.place
        let pair = place.pairs[0]
        #expect(try await place.run("once").status == 0)
        try place.mark(pair, "absent")
        try circle.teach(pair, 3)
        circle.sandbox.clearRequests()
        #expect(try await place.run("once", "--upload").status == 0)
        #expect(circle.puts == [])
        #expect(circle.names == [])
        #expect(try await place.run("conflicts", "resolve", "1", "--take", "excused", "--by", "ms-kim").status == 0)
        #expect(try await place.run("once", "--upload").status == 0)
        try await circle.close()
        #expect(try circle.cleverSays(pair) == "absent/E")
        #expect(try place.shown(pair) == 4)
        try await circle.expectRest()
    }
}
