import Foundation
@testable import Sandbox
import Testing

/// `run` with triggers: a teacher's edit is read at once, and lives through a `kill -9`.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct TriggerTests {
    /// Nothing is read by the clock within the time of a test.
    private static let options = Circle.Options(pollInterval: "1h", readBackInterval: "1h")

    @Test func aTeachersEditIsReadWithinSeconds() async throws {
        let (circle, daemon) = try await start()
        let pair = circle.place.pairs[0]
        let known = circle.sandbox.requests.last?.number ?? 0
        try circle.teach(pair, 3)
        try await eventually("the section is read", within: .seconds(10)) {
            circle.sandbox.requests.contains { $0.number > known && $0.target.contains(Self.place(pair)) }
        }
        try await daemon.logs("trigger.received")
        // That section, and no other.
        #expect(reads(circle, after: known).allSatisfy { $0.contains(Self.place(pair)) })
        let trigger = try await circle.sandbox.trigger()
        #expect(trigger.status == 200, "\(trigger)")
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(try await circle.place.run("once").status == 0)
        try await circle.close()
        #expect(try circle.cleverSays(pair) == "tardy")
    }

    @Test func anotherPathIsNotFoundAndReadsNothing() async throws {
        let (circle, daemon) = try await start()
        let known = circle.sandbox.requests.last?.number ?? 0
        let right = try #require(circle.sandbox.core.withWorld { $0.schoology.triggers.url?.description })
        for wrong in [
            right + "a", String(right.dropLast()), right + "/", right.replacing(Circle.triggerPath, with: "/"),
        ] {
            let sent = circle.sandbox.triggers.count
            try circle.sandbox.setTriggerURL(wrong)
            try circle.teach(circle.place.pairs[0], 2 + sent % 2)
            let trigger = try await circle.sandbox.trigger(after: sent)
            #expect(trigger.status == 404, "\(trigger), \(wrong.count) characters")
        }
        #expect(reads(circle, after: known) == [])
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(!LogLine.all(ended.log).contains { $0.event == "trigger.received" })
    }

    @Test func aKillRightAfterTheAnswerLosesNoTrigger() async throws {
        let (circle, daemon) = try await start()
        let place = circle.place
        let pair = place.pairs[0]
        // The read that follows the trigger gets no answer.
        let fault = circle.sandbox.add(
            Fault(.hang(seconds: 3600), side: .schoology, path: "/v1/sections/*/attendance*"))
        try circle.teach(pair, 3)
        let trigger = try await circle.sandbox.trigger()
        #expect(trigger.status == 200, "\(trigger)")
        daemon.signal(SIGKILL)
        _ = try await daemon.end()
        circle.sandbox.removeFault(fault)

        let known = circle.sandbox.requests.last?.number ?? 0
        let again = try place.start("run")
        try await again.logs("csv.uploaded")
        #expect(!reads(circle, after: known).isEmpty)
        #expect(reads(circle, after: known).allSatisfy { $0.contains(Self.place(pair)) })
        #expect(circle.rows?.count == 1)
        again.signal(SIGTERM)
        #expect(try await again.end().status == 0)
        try await circle.close()
        #expect(try circle.cleverSays(pair) == "tardy")
    }

    /// Schoology's documentation doesn't say whether a write through the API fires a trigger.
    @Test func ourOwnWriteThatComesBackAsATriggerCostsOneReadAndNoWrite() async throws {
        let (circle, daemon) = try await start(pollInterval: "1s")
        circle.sandbox.setTriggersForWrites(true)
        let pair = circle.place.pairs[0]
        let known = circle.sandbox.requests.last?.number ?? 0
        try circle.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: circle.place.today, status: "tardy")
        circle.sandbox.finishAttendanceSync()
        let trigger = try await circle.sandbox.trigger()
        #expect(trigger.status == 200, "\(trigger)")
        func puts() -> [RequestRecord] { circle.sandbox.requests.filter { $0.number > known && $0.method == "PUT" } }
        let written = try #require(puts().first?.number)
        // Others may still have their turn: the first cycle ends in time for the next poll.
        func readsOfIt() -> [String] { reads(circle, after: written).filter { $0.contains(Self.place(pair)) } }
        try await eventually("the section is read", within: .seconds(10)) { !readsOfIt().isEmpty }
        // Three more polls, and nothing follows from it.
        let polls = circle.sandbox.requests.count { $0.target == "/v3.1/districts" }
        try await eventually("Clever is polled again", within: .seconds(20)) {
            circle.sandbox.requests.count { $0.target == "/v3.1/districts" } >= polls + 3
        }
        #expect(readsOfIt().count == 1)
        #expect(puts().count == 1)
        #expect(circle.rows == nil)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    /// A synced district whose daemon listens.
    private func start(pollInterval: String = options.pollInterval) async throws -> (Circle, Program) {
        let port = try LoopbackPort.free()
        var options = Self.options
        options.pollInterval = pollInterval
        options.triggerPort = port
        let circle = try await Circle.make(options: options)
        try circle.sandbox.setTriggerURL("http://127.0.0.1:\(port)\(Circle.triggerPath)")
        let daemon = try circle.place.start("run")
        try await daemon.logs("trigger.listening")
        try await daemon.logs("cycle.finished")
        return (circle, daemon)
    }

    private static func place(_ pair: SandboxPair) -> String { "/sections/\(pair.schoologySection)/attendance" }

    /// Sections whose attendance Schoology was asked for.
    private func reads(_ circle: Circle, after number: Int) -> [String] {
        circle.sandbox.requests.filter { $0.number > number && $0.side == .schoology }.map(\.target)
            .filter { $0.contains("/attendance") }
    }
}
