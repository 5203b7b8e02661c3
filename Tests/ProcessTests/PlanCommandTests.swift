import Foundation
import Sandbox
import Testing

/// `plan` and `apply`, as a person and as a script see them.
@Suite struct PlanCommandTests {
    /// A synced district in which the office has changed three marks since.
    private func changed() async throws -> (Installation, [SandboxPair]) {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pairs = Array(place.pairs.filter { (try? place.shown($0)) == 1 }.prefix(3))
        for pair in pairs { try place.mark(pair, "absent") }
        place.sandbox.clearRequests()
        return (place, pairs)
    }

    private func puts(_ place: Installation) -> [RequestRecord] { place.sandbox.requests.filter { $0.method == "PUT" } }

    @Test func aPlanShowsEachMarkWithItsReasonAndWritesNothing() async throws {
        let (place, pairs) = try await changed()
        let plan = try await place.run("plan")
        #expect(plan.status == 0)
        for text in [
            "town: 3 marks to Schoology and 0 rows to Clever would be written", "school ", pairs[0].cleverStudent,
            pairs[0].cleverSection, "the office changed it", "PUT", "Nothing was written.",
        ] { #expect(plan.output.contains(text), "\(text)") }
        #expect(puts(place).isEmpty)
        #expect(try place.shown(pairs[0]) == 1)

        let document = try document(try await place.run("plan", "--json"))
        let district = try #require((document["districts"] as? [[String: Any]])?.first)
        let writes = try #require(district["writes"] as? [[String: Any]])
        #expect(writes.count == 3)
        let write = try #require(writes.first { $0["clever_student_id"] as? String == pairs[0].cleverStudent })
        for (key, value) in [
            ("side", "schoology"), ("from", "present"), ("to", "absent"), ("base", "present"), ("clever", "absent"),
            ("schoology", "present"), ("date", place.today.description), ("enrollment_id", pairs[0].enrollment),
            ("clever_section_id", pairs[0].cleverSection), ("schoology_section_id", pairs[0].schoologySection),
        ] { #expect(write[key] as? String == value, "\(key)") }
        #expect(puts(place).isEmpty)
    }

    @Test func applyDoesWhatThePlanSaysAndOnlyOnce() async throws {
        let (place, pairs) = try await changed()
        let file = place.folder.appendingPathComponent("the.plan").path
        #expect(try await place.run("plan", "--out", file).status == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let applied = try await place.run("apply", file)
        #expect(applied.status == 0, "\(applied.output)\(applied.log)")
        for pair in pairs { #expect(try place.shown(pair) == 2) }
        #expect(puts(place).flatMap(\.items).count == 3)
        let again = try await place.run("apply", file)
        #expect(again.status == 1)
        #expect(again.output.contains("refused, and nothing was written"))
        #expect(again.output.contains("no longer called for"))
        #expect(puts(place).flatMap(\.items).count == 3)
    }

    @Test(arguments: ["clever", "schoology"]) func applyRefusesWhenASideHasMoved(side: String) async throws {
        let (place, pairs) = try await changed()
        let file = place.folder.appendingPathComponent("the.plan").path
        #expect(try await place.run("plan", "--out", file).status == 0)
        if side == "clever" {
            try place.mark(pairs[0], "tardy")
        } else {
            try place.sandbox.setSchoologyMark(enrollment: pairs[0].enrollment, date: place.today, status: 3)
        }
        let refused = try await place.run("apply", file, "--json")
        #expect(refused.status == 1)
        let district = try #require((try document(refused)["districts"] as? [[String: Any]])?.first)
        #expect(district["outcome"] as? String == "refused")
        #expect((district["differences"] as? [String])?.isEmpty == false)
        #expect(puts(place).isEmpty)
    }

    @Test func applyRefusesAPlanThatWasEditedOrIsOfAnotherConfiguration() async throws {
        let (place, _) = try await changed()
        let file = place.folder.appendingPathComponent("the.plan").path
        #expect(try await place.run("plan", "--out", file).status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(of: "\"to\" : \"absent\"", with: "\"to\" : \"excused\"")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let edited = try await place.run("apply", file)
        #expect(edited.status == 1)
        #expect(edited.log.contains("was changed since it was written"))

        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try place.configure(
            .init(
                more:
                    "[district.status_map]\ntardy = { none = \"absent\", L = \"late\" }\n[district.status_map.to_clever]\nlate = { status = \"tardy\", excuse_code = \"L\" }"
            ))
        let other = try await place.run("apply", file)
        #expect(other.status == 1)
        #expect(other.log.contains("the configuration has changed"))
        #expect(try await place.run("apply", "/nowhere").status == 64)
        #expect(puts(place).isEmpty)
    }

    /// By whoever installs it, before the service's user has a folder.
    @Test func aPlanBeforeTheFirstCycleLeavesNothingBehind() async throws {
        let place = try await Installation.make()
        try? FileManager.default.removeItem(at: place.stateFolder)
        let plan = try await place.run("plan")
        #expect(plan.status == 0)
        #expect(!plan.output.contains(" 0 marks to Schoology"))
        #expect(!FileManager.default.fileExists(atPath: place.stateFolder.path))
        #expect(puts(place).isEmpty)
    }

    @Test func aPlanWithASideDownSaysSo() async throws {
        let (place, _) = try await changed()
        place.sandbox.setCleverTokenRevoked(true)
        let file = place.folder.appendingPathComponent("the.plan").path
        let plan = try await place.run("plan", "--out", file)
        #expect(plan.status == 78)
        #expect(plan.output.contains("NOT COMPLETE"))
        place.sandbox.setCleverTokenRevoked(false)
        #expect(try await place.run("apply", file).status == 1)
    }

    @Test func aPlanCanBeMadeBesideTheDaemonAndAppliedOnlyWithoutIt() async throws {
        let place = try await Installation.make(options: .init(pollInterval: "1h"))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        let pair = try #require(place.pairs.first { (try? place.shown($0)) == 1 })
        try place.mark(pair, "absent")
        let file = place.folder.appendingPathComponent("the.plan").path
        let plan = try await place.run("plan", "--out", file)
        #expect(plan.status == 0)
        #expect(plan.output.contains("1 mark to Schoology"))
        #expect(try await place.run("apply", file).status == 75)
        daemon.signal(SIGTERM)
        _ = try await daemon.end()
        #expect(try await place.run("apply", file).status == 0)
        #expect(try place.shown(pair) == 2)
    }
}

/// One JSON document, as a command printed it.
func document(_ ended: Program.Ended) throws -> [String: Any] {
    let parsed = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
    let document = try #require(parsed)
    #expect(document["version"] as? Int == 1)
    return document
}
