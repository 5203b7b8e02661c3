import Foundation
import GRDB
import Sandbox
import Testing

/// `history` and `history --verify`.
@Suite struct HistoryCommandTests {
    /// Three marks in two cycles.
    private func changed() async throws -> (Installation, [SandboxPair]) {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let pairs = place.pairs
        try place.mark(pairs[0], "absent")
        try place.mark(pairs[3], "tardy")
        #expect(try await place.run("once").status == 0)
        try place.mark(pairs[0], "present")
        #expect(try await place.run("once").status == 0)
        return (place, pairs)
    }

    private func document(_ ended: Program.Ended) throws -> [String: Any] {
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any], "\(ended.output)")
        #expect(document["version"] as? Int == 1)
        return document
    }

    private func rows(_ place: Installation, _ more: String...) async throws -> [[String: Any]] {
        let ended = try await Program(
            ["history", "--json", "--config", place.configuration.path] + more, in: place.folder
        ).end()
        #expect(ended.status == 0)
        return try #require(try document(ended)["history"] as? [[String: Any]])
    }

    private func write(_ place: Installation, _ sql: String) throws {
        let database = try DatabaseQueue(path: place.stateFile.path)
        try database.write { try $0.execute(sql: sql) }
        try database.close()
    }

    @Test func showsWhoChangedWhatWhenFromWhatToWhat() async throws {
        let (place, pairs) = try await changed()
        let all = try await rows(place)
        let mine = try await rows(place, "--student", pairs[0].cleverStudent, "--section", pairs[0].cleverSection)
        #expect(mine.count == 2)
        #expect(all.count > mine.count)
        let last = try #require(mine.last)
        for (key, value) in [
            ("district", "town"), ("clever_student_id", pairs[0].cleverStudent),
            ("clever_section_id", pairs[0].cleverSection), ("schoology_section_id", pairs[0].schoologySection),
            ("date", place.today.description), ("side", "schoology"), ("from", "absent"), ("to", "present"),
            ("by", "clever"), ("cause", "clever"),
        ] { #expect(last[key] as? String == value, "\(key)") }
        #expect(last["cycle"] as? Int == 3)
        let text = try await place.run("history", "--section", pairs[0].cleverSection)
        let lines = text.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("WHEN ") == true)
        // Columns line up.
        let column = try #require(lines.first?.range(of: "WRITTEN TO")?.lowerBound)
        let offset = lines[0].distance(from: lines[0].startIndex, to: column)
        #expect(lines.dropFirst().allSatisfy { $0.dropFirst(offset).hasPrefix("schoology") })
    }

    @Test func sinceIsADayOfTheDistrict() async throws {
        let (place, _) = try await changed()
        let count = try await rows(place).count
        #expect(try await rows(place, "--since", place.today.description).count == count)
        #expect(try await rows(place, "--since", place.today.adding(days: 1).description).isEmpty)
        // One millisecond before the day begins, and when it does.
        let start = try #require(ISO8601DateFormatter().date(from: "\(place.today)T00:00:00Z"))
        try write(place, "UPDATE audit SET at = \(Int64(start.timeIntervalSince1970) * 1000) WHERE id = 2")
        try write(place, "UPDATE audit SET at = \(Int64(start.timeIntervalSince1970) * 1000 - 1) WHERE id = 1")
        #expect(try await rows(place, "--since", place.today.description).count == count - 1)
        let empty = try await place.run("history", "--since", place.today.adding(days: 1).description)
        #expect(empty.output == "Nothing was changed.\n")
    }

    @Test func aTrailLongerThanAPieceIsShownWhole() async throws {
        let (place, _) = try await changed()
        try write(
            place,
            """
            INSERT INTO audit(at, cycle, section, student, day, side, was, now, cause)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
            SELECT 1, 1, 1, 1, i, 1, 1, 2, 'clever' FROM n
            """)
        let rows = try await rows(place)
        let lines = rows.compactMap { $0["line"] as? Int }
        #expect(lines.count > 4500 && lines == lines.sorted() && Set(lines).count == lines.count)
    }

    @Test func verifyKnowsAWholeTrailFromATamperedOne() async throws {
        let (place, _) = try await changed()
        let count = try await rows(place).count
        let whole = try await place.run("history", "--verify")
        #expect(whole.status == 0)
        #expect(whole.output.contains("the audit trail is whole: \(count) lines"))
        let document = try document(try await place.run("history", "--verify", "--json"))
        let district = try #require((document["districts"] as? [[String: Any]])?.first)
        let digest = try #require(district["digest"] as? String)
        #expect(digest.count == 64 && whole.output.contains(digest))

        // Noted down, it is found again when the trail has gone on.
        try place.mark(place.pairs[6], "absent")
        #expect(try await place.run("once").status == 0)
        #expect(try await place.run("history", "--verify", "--noted", digest).status == 0)
        let other = String(digest.reversed())
        let unknown = try await place.run("history", "--verify", "--noted", other)
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("no line has the digest that was noted"))

        try write(place, "UPDATE audit SET now = 5 - now WHERE id = 2")
        let broken = try await place.run("history", "--verify")
        #expect(broken.status == 1)
        #expect(broken.output.contains("NOT whole: line 2 ("))
    }

    @Test(arguments: [
        "DELETE FROM audit WHERE id = 1", "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
        "UPDATE audit SET cause = 'operator:anna' WHERE id = 1",
        "UPDATE audit SET digest = zeroblob(32) WHERE id = 3",
        "UPDATE student SET clever_id = 'x' WHERE id = (SELECT student FROM audit LIMIT 1)",
    ])
    func everyTamperingShows(sql: String) async throws {
        let (place, _) = try await changed()
        try write(place, sql)
        #expect(try await place.run("history", "--verify").status == 1)
    }

    @Test(arguments: [
        ["--since", "yesterday"], ["--verify", "--student", "a"], ["--noted", "00"], ["--verify", "--noted", "00"],
        ["--student", "nobody"], ["--section", "nowhere"],
    ])
    func wrongWordsAreWrongUsage(arguments: [String]) async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let ended = try await Program(
            ["history"] + arguments + ["--config", place.configuration.path], in: place.folder
        ).end()
        #expect(ended.status == 64)
        #expect(!ended.log.isEmpty)
    }
}
