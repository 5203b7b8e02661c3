import Foundation
import Sandbox
import Testing

/// `kill -9` anywhere in an upload: the next `once --upload` comes to the same end. At every request of a cycle:
/// ``MixedKillTests``.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct WayBackKillTests {
    /// Every third message of the client: the key exchange, the login, the write, the rename, the end.
    @Test func aKillAnywhereInTheUploadLosesNothing() async throws {
        let circle = try await Circle.make(students: 8)
        let place = circle.place
        let wedge = try SFTPWedge(to: circle.server.port)
        defer { wedge.stop() }
        try circle.setKnownHosts(circle.server.knownHosts(port: wedge.port))
        try circle.configure(.init(port: wedge.port))
        #expect(try await place.run("once", "--upload").status == 0)
        var held = 0
        for message in stride(from: 1, to: 200, by: 3) {
            try change(circle, round: held)
            wedge.hold(from: message)
            let program = try place.start("once", "--upload")
            try await eventually("message \(message) is held, or there is none") {
                wedge.isHeld || !program.isRunning
            }
            let wasHeld = wedge.isHeld
            program.signal(SIGKILL)
            _ = try await program.end()
            wedge.hold(from: nil)
            try await expectSameEnd(circle, round: held, "message \(message)")
            guard wasHeld else { break }
            held += 1
        }
        #expect(held > 5)
        try await circle.expectRest()
    }

    /// The file has its name, and the state doesn't know it yet, or only just.
    @Test func aKillOnceTheFileIsThereLosesNothing() async throws {
        let circle = try await Circle.make(students: 8)
        #expect(try await circle.place.run("once", "--upload").status == 0)
        for round in 1...6 {
            try change(circle, round: round)
            let file = circle.fileNumber
            let program = try circle.place.start("once", "--upload")
            try await eventually("there is another file") { circle.fileNumber != file || !program.isRunning }
            program.signal(SIGKILL)
            _ = try await program.end()
            // Clever may have taken it before anybody knows that it was sent.
            if round % 2 == 0 { circle.ingest() }
            try await expectSameEnd(circle, round: round, "round \(round)")
        }
        try await circle.expectRest()
    }

    /// Teachers change two marks, one of them of yesterday; the office changes another; both set a fourth alike.
    private func change(_ circle: Circle, round: Int) throws {
        let pairs = circle.place.pairs
        let both = Self.values(round + 1)
        try circle.teach(pairs[0], Self.values(round).schoology)
        try circle.teach(pairs[1], Self.values(round + 2).schoology, daysAgo: 1)
        try circle.place.mark(pairs[3], Self.values(round).clever)
        try circle.teach(pairs[5], both.schoology)
        try circle.place.mark(pairs[5], both.clever)
    }

    private func expectSameEnd(_ circle: Circle, round: Int, _ comment: Comment) async throws {
        let place = circle.place
        let after = try await place.run("once", "--upload")
        #expect(after.status == 0, "\(comment): \(after.log)")
        try await circle.close(comment)
        let (clever, schoology) = Self.values(round)
        #expect(try circle.cleverSays(place.pairs[0]) == clever, comment)
        #expect(try place.shown(place.pairs[3]) == schoology, comment)
    }

    private static func values(_ round: Int) -> (clever: String, schoology: Int) {
        [("absent", 2), ("tardy", 3), ("present", 1)][round % 3]
    }
}
