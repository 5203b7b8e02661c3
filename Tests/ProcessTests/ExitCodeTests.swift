import Foundation
import GRDB
import Sandbox
import Testing

/// What the process says with its exit code, as the contract lists them.
@Suite struct ExitCodeTests {
    @Test func onceIsDone() async throws {
        let place = try await Installation.make()
        let ended = try await place.run("once")
        #expect(ended.status == 0)
        #expect(place.differences == [])
        #expect(ended.output.contains("written to Schoology"))
    }

    @Test func aDeadLetterIsNotDelivered() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(403, message: "no", enrollments: [pair.enrollment])))
        #expect(try await place.run("once").status == 1)
        #expect(try await place.run("status").status == 1)
        let list = try await place.run("outbox", "list", "--dead")
        #expect(list.status == 0)
        #expect(list.output.contains("403"))
        // It was sent once, and a cycle later that is still known.
        #expect(try await place.run("once").status == 1)
        #expect(try await place.run("outbox", "--json").output.contains("\"tries\" : 1"))
        // What is to be typed next can be typed as it stands.
        let next = "`attendance-sync outbox list --dead --config \(place.configuration.path)`"
        #expect(try await place.run("status").output.contains(next))
        place.sandbox.removeAllFaults()
        #expect(try await place.run("outbox", "retry", "--dead").status == 0)
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
        #expect(try await place.run("status").status == 0)
    }

    @Test func fewMatchesNeedAPersonAndSingleOnesMissingDoNot() async throws {
        let place = try await Installation.make(options: .matchingNobody)
        #expect(try await place.run("once").status == 0)
        let status = try await place.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("! only 0 of 16 students are matched: `attendance-sync doctor"))
    }

    @Test func withoutAConfigurationStatusSaysWhereElseToLook() async throws {
        let place = try await Installation.make()
        try Data("[[district]\n".utf8).write(to: place.configuration)
        let ended = try await place.run("status")
        #expect(ended.status == 78)
        #expect(ended.log.contains("attendance-sync.toml:1:"))
        #expect(ended.log.contains("`systemctl reload attendance-sync`"))
    }

    @Test func aRetryThatIsLeftIsNotDelivered() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(503, enrollments: [pair.enrollment])))
        #expect(try await place.run("once").status == 1)
        place.sandbox.removeAllFaults()
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    @Test(arguments: [
        ["once", "--no-such-option"], ["frobnicate"], ["once", "--district", "shelbyville"],
        ["status", "--district", "shelbyville"], ["run", "--district", "shelbyville"], ["outbox", "retry"],
        ["outbox", "drop"],
    ])
    func wrongUsage(arguments: [String]) async throws {
        let place = try await Installation.make()
        let ended = try await Program(arguments + ["--config", place.configuration.path], in: place.folder).end()
        #expect(ended.status == 64)
        #expect(!ended.log.isEmpty)
        #expect(place.sandbox.requests.isEmpty)
    }

    @Test(arguments: SandboxSide.allCases) func aSideThatCanNotBeReached(side: SandboxSide) async throws {
        let place = try await Installation.make()
        let fault = place.sandbox.add(Fault(.reset, side: side))
        #expect(try await place.run("once").status == 69)
        place.sandbox.removeFault(fault)
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    @Test func anotherInstanceHoldsTheState() async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        for command in ["once", "run"] { #expect(try await place.run(command).status == 75) }
        #expect(daemon.isRunning)
        // Readers work beside it.
        let status = try await place.run("status", "--json")
        #expect(status.status == 0)
        #expect(try await place.run("outbox").status == 0)
        #expect(try await place.run("unmatched").status == 0)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(try await place.run("once").status == 0)
    }

    @Test(arguments: SandboxSide.allCases) func aRefusedCredentialNeedsAnOperator(side: SandboxSide) async throws {
        let place = try await Installation.make()
        switch side {
        case .clever: place.sandbox.setCleverTokenRevoked(true)
        case .schoology: place.sandbox.setSchoologyKeyRevoked(true)
        }
        let ended = try await place.run("once")
        #expect(ended.status == 78)
        #expect(
            LogLine.all(ended.log).filter { $0.event == "auth.failed" }.map { $0.fields["side"] } == [side.rawValue])
        #expect(try await place.run("status").status == 1)
    }

    @Test func aConfigurationThatIsWrongNeedsAnOperator() async throws {
        let place = try await Installation.make(options: .init(clever: "page_sise = 100"))
        for command in ["once", "run", "check-config", "status"] {
            let ended = try await place.run(command)
            #expect(ended.status == 78)
            #expect(ended.log.contains("page_sise"))
            #expect(ended.log.contains("page_size"))
        }
        #expect(place.sandbox.requests.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: place.stateFolder.path))
    }

    @Test func aConfigurationThatIsMissingNeedsAnOperator() async throws {
        let place = try await Installation.make()
        try FileManager.default.removeItem(at: place.configuration)
        for command in ["once", "run", "check-config"] { #expect(try await place.run(command).status == 78) }
    }

    @Test(arguments: ["once", "run", "status"]) func aDamagedStateNeedsAnOperatorAndIsLeftAlone(command: String)
        async throws
    {
        let place = try await Installation.make()
        let garbage = Data((0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try FileManager.default.createDirectory(at: place.stateFolder, withIntermediateDirectories: true)
        try garbage.write(to: place.stateFile)
        let ended = try await place.run(command)
        #expect(ended.status == 78)
        #expect(ended.log.contains("town.sqlite"))
        #expect(try Data(contentsOf: place.stateFile) == garbage)
        #expect(place.sandbox.requests.isEmpty)
    }

    @Test(arguments: ["once", "run", "status"]) func aStateOfANewerVersionNeedsAnOperator(command: String) async throws
    {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let queue = try DatabaseQueue(path: place.stateFile.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-from-tomorrow')") }
        try queue.close()
        let ended = try await place.run(command)
        #expect(ended.status == 78)
        #expect(ended.log.contains("newer"))
    }

    @Test func ofSeveralDistrictsTheWorstCounts() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(403, enrollments: [pair.enrollment])))
        let port = try ClosedPort()
        defer { port.release() }
        let closed = port.url
        try place.configure(.init(more: place.district("unreachable", cleverURL: closed)))
        #expect(try await place.run("once").status == 69)
        #expect(try await place.run("once", "--district", "town").status == 1)
        try place.secret("not-the-token", "wrong")
        try place.configure(
            .init(
                more: place.district("unreachable", cleverURL: closed) + "\n"
                    + place.district("refused", token: "wrong"))
        )
        #expect(try await place.run("once").status == 78)
    }
}
