import Foundation
import Sandbox
import Testing

/// `conflicts list`, `show` and `resolve`, as a person and as a script see them.
@Suite struct ConflictsCommandTests {
    private static let policy = Installation.Options(schoology: "[district.conflicts]\npolicy = \"hold\"")

    /// Both sides have changed `count` marks to different values.
    private func disputed(_ count: Int = 1) async throws -> (Installation, [SandboxPair]) {
        let place = try await Installation.make(options: Self.policy)
        #expect(try await place.run("once").status == 0)
        let pairs = Array(place.pairs.prefix(count))
        for pair in pairs {
            try place.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: place.today, status: 3)
            try place.mark(pair, "absent")
        }
        let ended = try await place.run("once")
        // Open conflicts are reported, not failures.
        #expect(ended.status == 0)
        #expect(ended.output.contains("conflicts             \(count), \(count) open"))
        #expect(try place.shown(pairs[0]) == 3)
        return (place, pairs)
    }

    @Test func listNamesWhatIsOpenAndWhatToType() async throws {
        let (place, pairs) = try await disputed(2)
        let list = try await place.run("conflicts", "list")
        #expect(list.status == 0)
        for text in [pairs[0].cleverStudent, "absent", "late", "held", "conflicts resolve ID --take"] {
            #expect(list.output.contains(text), "\(text)")
        }
        let rows = try rows(try await place.run("conflicts", "list", "--json"))
        #expect(rows.count == 2)
        let row = try #require(rows.first { $0["clever_student_id"] as? String == pairs[0].cleverStudent })
        for (key, value) in [
            ("district", "town"), ("state", "open"), ("date", place.today.description), ("base", "present"),
            ("clever", "absent"), ("schoology", "late"), ("policy", "hold"), ("enrollment_id", pairs[0].enrollment),
            ("clever_section_id", pairs[0].cleverSection), ("schoology_section_id", pairs[0].schoologySection),
        ] { #expect(row[key] as? String == value, "\(key)") }
        #expect(try await place.run("status").status == 1)
    }

    @Test func showTellsEverythingAboutOne() async throws {
        let (place, pairs) = try await disputed()
        let shown = try await place.run("conflicts", "show", "1")
        #expect(shown.status == 0)
        for text in ["conflict 1 in town: open", pairs[0].enrollment, "agreed on last", "Decide it:"] {
            #expect(shown.output.contains(text), "\(text)")
        }
        let document = try document(try await place.run("conflicts", "show", "1", "--json"))
        #expect((document["conflict"] as? [String: Any])?["id"] as? Int == 1)
    }

    @Test(arguments: ["clever", "late", "excused"]) func resolveDecidesAndTheNextCycleWrites(take: String) async throws
    {
        let (place, pairs) = try await disputed()
        let decided = try await place.run(
            "conflicts", "resolve", "1", "--take", take, "--by", "ms-kim", "--reason", "asked the parents", "--json")
        #expect(decided.status == 0)
        let row = try #require(try rows(decided).first)
        #expect(row["state"] as? String == "decided")
        #expect((row["resolved_by"] as? String)?.contains("ms-kim") == true)
        #expect(row["reason"] as? String == "asked the parents")
        #expect(try await place.run("once").status == 0)
        #expect(try place.shown(pairs[0]) == ["clever": 2, "late": 3, "excused": 4][take])
        #expect(try await place.run("conflicts").output == "No open conflicts.\n")
        #expect(try rows(try await place.run("conflicts", "list", "--all", "--json")).count == 1)
        #expect(try await place.run("status").status == 0)
        #expect(try await place.run("conflicts", "show", "1").output.contains("asked the parents"))
    }

    @Test func allOfThemAreResolvedAtOnce() async throws {
        let (place, pairs) = try await disputed(3)
        let decided = try await place.run("conflicts", "resolve", "--all", "--take", "clever")
        #expect(decided.status == 0)
        #expect(decided.output.contains("The next cycle writes what was decided."))
        #expect(try await place.run("once").status == 0)
        for pair in pairs { #expect(try place.shown(pair) == 2) }
        let again = try await place.run("conflicts", "resolve", "--all", "--take", "clever")
        #expect(again.status == 0)
        #expect(again.output == "No open conflicts.\n")
    }

    @Test func anIdThatIsUnknownOrDecidedIsWrongUsage() async throws {
        let (place, pairs) = try await disputed()
        for arguments in [["show", "7"], ["resolve", "7", "--take", "clever"]] {
            let ended = try await run(place, arguments)
            #expect(ended.status == 64, "\(arguments)")
            #expect(ended.log.contains("no such conflict: 7"))
        }
        #expect(try await run(place, ["resolve", "1", "--take", "clever"]).status == 0)
        let twice = try await run(place, ["resolve", "1", "--take", "schoology"])
        #expect(twice.status == 64)
        #expect(twice.log.contains("not open any more, and nothing was decided: 1"))
        // The first word holds.
        #expect(try await place.run("once").status == 0)
        #expect(try place.shown(pairs[0]) == 2)
    }

    @Test(arguments: [
        ["resolve", "--take", "clever"], ["resolve", "1"], ["resolve", "1", "--take", "nobody"],
        ["resolve", "1", "--all", "--take", "clever"], ["show"], ["show", "one"],
    ])
    func wrongWordsAreWrongUsage(arguments: [String]) async throws {
        let place = try await Installation.make(options: Self.policy)
        let ended = try await run(place, arguments)
        #expect(ended.status == 64)
        #expect(!ended.log.isEmpty)
    }

    /// The daemon holds the state; a person decides beside it.
    @Test func aDecisionIsTakenBesideTheDaemon() async throws {
        let (place, pairs) = try await disputed()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        #expect(try await place.run("conflicts", "resolve", "1", "--take", "excused").status == 0)
        try await eventually("the decision arrives") { try place.shown(pairs[0]) == 4 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    private func run(_ place: Installation, _ arguments: [String]) async throws -> Program.Ended {
        try await Program(
            ["conflicts"] + arguments + ["--config", place.configuration.path], in: place.folder
        ).end()
    }

    private func rows(_ ended: Program.Ended) throws -> [[String: Any]] {
        try #require(try document(ended)["conflicts"] as? [[String: Any]])
    }
}
