import Foundation
import Sandbox
import Testing

/// `explain`: one key's whole story, and what happens next.
@Suite struct ExplainCommandTests {
    private func explain(
        _ place: Installation, _ pair: SandboxPair, _ more: String..., daysAgo: Int = 0
    ) async throws -> Program.Ended {
        try await Program(
            [
                "explain", "--student", pair.cleverStudent, "--section", pair.cleverSection, "--date",
                place.today.adding(days: -daysAgo).description, "--config", place.configuration.path,
            ] + more, in: place.folder
        ).end()
    }

    private func explanation(_ place: Installation, _ pair: SandboxPair) async throws -> [String: Any] {
        let ended = try await explain(place, pair, "--json")
        #expect(ended.status == 0)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any], "\(ended.output)")
        #expect(document["version"] as? Int == 1)
        return try #require(document["explanation"] as? [String: Any])
    }

    private func next(_ explanation: [String: Any]) -> (sentence: String, command: String, needsPerson: Bool) {
        let next = explanation["next"] as? [String: Any]
        return (
            next?["sentence"] as? String ?? "", next?["command"] as? String ?? "",
            next?["needs_person"] as? Bool ?? false
        )
    }

    @Test func tellsWhatHoldsAMarkBack() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pair = try #require(place.pairs.first { (try? place.shown($0)) == 1 })
        #expect(try await place.run("pause").status == 0)
        try place.mark(pair, "absent")
        #expect(try await place.run("once").status == 1)
        let paused = next(try await explanation(place, pair))
        #expect(paused.sentence.contains("paused until `resume`"))
        #expect(paused.command == "attendance-sync resume --district town --config \(place.configuration.path)")
        #expect(try await place.run("doctor").output.contains("paused"))
        #expect(try await place.run("resume").status == 0)

        try place.configure(.init(more: "[district.safety]\nhold_above_count = 0\nhold_above_percent = 0"))
        try place.mark(pair, "tardy")
        #expect(try await place.run("once").status == 1)
        let held = next(try await explanation(place, pair))
        #expect(held.sentence.contains("The safety valve holds the write in batch 1"))
        #expect(held.command.contains("attendance-sync held"))
    }

    @Test func tellsBothSidesAndEveryDecision() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent", code: "MED")
        #expect(try await place.run("once").status == 0)
        try place.mark(pair, "tardy")
        #expect(try await place.run("once").status == 0)
        let ended = try await explain(place, pair)
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        #expect(lines.first == "Nothing: both sides say late, and agree.")
        // One screen.
        #expect(lines.count < 24)
        #expect(lines.allSatisfy { !$0.contains("type:") })
        for text in [
            "\(pair.cleverStudent) in Clever, user ", "(sis_id=school_uid)", "(sis_id=section_school_code)",
            pair.enrollment, "tardy (status_map: late), section record", "agreed on last  late",
        ] { #expect(ended.output.contains(text), "\(text)\n\(ended.output)") }
        let explanation = try await explanation(place, pair)
        for (key, value) in [
            ("clever_student_id", pair.cleverStudent), ("clever_section_id", pair.cleverSection),
            ("enrollment_id", pair.enrollment), ("schoology_section_id", pair.schoologySection), ("base", "late"),
            ("clever", "late"), ("schoology", "late"), ("date", place.today.description),
        ] { #expect(explanation[key] as? String == value, "\(key)") }
        let decisions = try #require(explanation["decisions"] as? [[String: Any]])
        #expect(decisions.map { $0["from"] as? String } == ["present", "excused"])
        #expect(decisions.map { $0["to"] as? String } == ["excused", "late"])
        #expect(decisions.allSatisfy { $0["by"] as? String == "clever" && $0["cycle_kind"] as? String == "once" })
    }

    @Test func schoologysIDsAreUnderstoodToo() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pair = place.pairs[0]
        let ended = try await place.run(
            "explain", "--student", pair.cleverStudent, "--section", pair.schoologySection, "--date",
            place.today.description)
        #expect(ended.status == 0)
        #expect(ended.output.hasPrefix("Nothing: both sides say present, and agree."))
        #expect(ended.output.contains("Nothing was ever written for it."))
    }

    /// Also once an operator has dropped the write, and where it says something else by now.
    @Test func tellsWhatMayHaveArrived() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pair = place.pairs[0]
        try place.mark(pair, "tardy")
        let path = "/v1/sections/\(pair.schoologySection)/attendance"
        place.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", path: path, isApplied: true))
        place.sandbox.add(Fault(.status(503), side: .schoology, method: "GET", path: path, skip: 1))
        #expect(try await place.run("once").status != 0)
        let unknown = try await explanation(place, pair)
        #expect(next(unknown).sentence.hasPrefix("Nobody knows whether late arrived at Schoology"))
        #expect(unknown["sent"] as? String == "late")
        let write = try #require((unknown["outbox"] as? [[String: Any]])?.first)
        #expect(try await place.run("outbox", "drop", "\(try #require(write["id"]))", "--reason", "no").status == 0)
        let dropped = try await explanation(place, pair)
        #expect(next(dropped).sentence.hasPrefix("Nothing is to be written. late was sent to Schoology in cycle 2"))
        #expect(try await explain(place, pair).output.contains("late to Schoology; whether it arrived"))
        place.sandbox.removeAllFaults()
        #expect(try await place.run("once").status == 0)
        #expect(try await explanation(place, pair)["sent"] == nil)
    }

    @Test func saysWhatToTypeForADeadLetter() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(403, message: "no such right", enrollments: [pair.enrollment])))
        #expect(try await place.run("once").status == 1)
        let next = next(try await explanation(place, pair))
        #expect(next.needsPerson)
        #expect(next.sentence.contains("Schoology has rejected absent for good (403: no such right)"))
        // What it says can be typed as it stands.
        place.sandbox.removeAllFaults()
        let words = next.command.split(separator: " ").dropFirst().map(String.init)
        let typed = try await Program(words + ["--config", place.configuration.path], in: place.folder).end()
        #expect(typed.status == 0, "\(next.command)")
        #expect(try await place.run("once").status == 0)
        #expect(try place.shown(pair) == 2)
    }

    @Test func saysWhenAWriteIsTriedAgain() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(503, message: "busy", enrollments: [pair.enrollment])))
        #expect(try await place.run("once").status == 1)
        let story = try await explanation(place, pair)
        let next = next(story)
        #expect(!next.needsPerson && next.command.isEmpty)
        #expect(next.sentence.hasPrefix("absent is written to Schoology "), "\(next.sentence)")
        #expect(next.sentence.contains("as Schoology answered 503"))
        let write = try #require((story["outbox"] as? [[String: Any]])?.first)
        #expect(write["state"] as? String == "pending" && write["tries"] as? Int == 3)
        #expect(write["next_attempt"] != nil)
    }

    @Test func anOpenConflictIsAPersons() async throws {
        let place = try await Installation.make(options: .init(schoology: "[district.conflicts]\npolicy = \"hold\""))
        #expect(try await place.run("once").status == 0)
        let pair = place.pairs[0]
        try place.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: place.today, status: 3)
        try place.mark(pair, "absent")
        #expect(try await place.run("once").status == 0)
        let story = try await explanation(place, pair)
        #expect(next(story).needsPerson)
        #expect(next(story).sentence.contains("Clever says absent, Schoology late"))
        #expect(next(story).command.contains("conflicts resolve 1 --district town"))
        #expect((story["conflicts"] as? [[String: Any]])?.count == 1)
        #expect(try await explain(place, pair).output.contains("conflict 1"))
    }

    @Test func driftIsLeftAlone() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pair = place.pairs[0]
        try place.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: place.today, status: 3)
        #expect(try await place.run("once").status == 0)
        let story = try await explanation(place, pair)
        #expect(
            next(story).sentence.hasPrefix("Nothing: Schoology was changed to late, and direction = \"to_schoology\""))
        #expect(story["drift"] as? String == "schoology")
    }

    @Test func aCodeThatTheMapLacksIsAPersons() async throws {
        let place = try await Installation.make(
            options: .init(more: "[district.status_map]\nabsent = { none = \"absent\", E = \"excused\" }"))
        let pair = place.pairs[0]
        try place.mark(pair, "absent", code: "ZZ")
        _ = try await place.run("once")
        let story = try await explanation(place, pair)
        #expect(next(story).needsPerson)
        #expect(next(story).sentence.contains("absent, code ZZ, and status_map has no entry for it"))
        #expect(story["clever"] as? String == "unmapped")
    }

    @Test func aMarkThatFindsNoMatchSaysWhy() async throws {
        let options = Installation.Options(more: "[district.matching]\noverrides_file = \"overrides.csv\"")
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let (claimant, loser) = (place.pairs[0], place.pairs[3])
        let uid = try #require(
            (try await explanation(place, loser)["student"] as? [String: Any])?["schoology_id"] as? String)
        // Whose user a person has given to somebody else has none.
        try Data("student,\(claimant.cleverStudent),\(uid)\n".utf8)
            .write(to: place.folder.appendingPathComponent("overrides.csv"))
        try place.configure(options)
        try place.mark(loser, "absent")
        _ = try await place.run("once")
        let story = try await explanation(place, loser)
        #expect(
            next(story).sentence.hasPrefix(
                "The mark waits for a match: Schoology user \(uid) is claimed by more than one Clever student"))
        #expect(next(story).command == "attendance-sync unmatched --district town --config \(place.configuration.path)")
        #expect((try await explanation(place, claimant)["student"] as? [String: Any])?["rule"] as? String == "override")
    }

    @Test(arguments: ["student", "section", "neither"]) func unknownIDsAreWrongUsage(known: String) async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pair = place.pairs[0]
        let ended = try await place.run(
            "explain", "--student", known == "student" ? pair.cleverStudent : "nobody", "--section",
            known == "section" ? pair.cleverSection : "nowhere", "--date", place.today.description)
        #expect(ended.status == 64)
        #expect(ended.log.contains("knows no student nobody") == (known != "student"))
        #expect(ended.log.contains("knows no section nowhere") == (known != "section"))
    }

    @Test func aDateThatIsNoneIsWrongUsage() async throws {
        let place = try await Installation.make()
        let ended = try await place.run("explain", "--student", "a", "--section", "b", "--date", "2026-02-30")
        #expect(ended.status == 64)
        #expect(ended.log.contains("2026-02-30 is no date"))
        // Before the first cycle nobody is known.
        let early = try await place.run("explain", "--student", "a", "--section", "b", "--date", "2026-02-28")
        #expect(early.status == 64)
        #expect(early.log.contains("no cycle has run yet"))
    }
}
