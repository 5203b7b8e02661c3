import Foundation
import Sandbox
import Testing

/// Two installations with the same district and the same history: one is left in peace, the other has the trouble.
struct Twins {
    let calm: Circle
    let tried: Circle

    /// - Parameter diskBytes: of a disk of its own for the tried one's state.
    static func make(diskBytes: Int? = nil) async throws -> Twins {
        let options = Circle.Options(policy: "hold")
        return Twins(
            calm: try await Circle.make(students: 8, options: options),
            tried: try await Circle.make(students: 8, diskBytes: diskBytes, options: options))
    }

    /// What happens before a mixed cycle, to both: Clever takes the last file, so that there is an echo to be
    /// confirmed; the office changes marks, and teachers others, of today and yesterday; both set one alike, and one
    /// differently, which is held. The one that they held in the round before dissolves, as the teacher gives in.
    func change(round: Int) throws {
        for circle in [calm, tried] {
            let pairs = circle.place.pairs
            circle.ingest()
            try circle.teach(pairs[0], Self.values(round).schoology)
            try circle.teach(pairs[1], Self.values(round + 2).schoology, daysAgo: 1)
            try circle.place.mark(pairs[3], Self.values(round).clever)
            try circle.place.mark(pairs[9], Self.values(round + 1).clever, daysAgo: 1)
            try circle.teach(pairs[5], Self.values(round).schoology)
            try circle.place.mark(pairs[5], Self.values(round).clever)
            let (held, earlier) = round % 2 == 0 ? (6, 7) : (7, 6)
            if round > 0 { try circle.teach(pairs[earlier], Self.values(round - 1).schoology) }
            try circle.place.mark(pairs[held], Self.values(round).clever)
            // Different from what both agreed on two rounds ago.
            try circle.teach(pairs[held], Self.values(round + (round < 2 ? 1 : 2)).schoology)
        }
    }

    /// Before the first round: what each needs to be known.
    func begin() async throws {
        for circle in [calm, tried] { #expect(try await circle.place.run("once", "--upload").status == 0) }
    }

    /// The same marks on both sides of both, and the same file for Clever.
    func expectSameMarks(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) {
        let (calm, tried) = (Self.marks(calm), Self.marks(tried))
        #expect(
            tried == calm, "\(comment): \(Set(tried).symmetricDifference(calm).sorted())",
            sourceLocation: sourceLocation)
        #expect(
            self.tried.rows.map(Set.init) == self.calm.rows.map(Set.init), comment, sourceLocation: sourceLocation)
    }

    /// Clever takes the last file; then marks, conflicts and outboxes are the same, and one more cycle writes nothing.
    func expectSameEnd(_ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for circle in [calm, tried] {
            circle.ingest()
            let last = try await circle.place.run("once", "--upload")
            #expect(last.status == 0, "\(comment): \(last.log)", sourceLocation: sourceLocation)
        }
        expectSameMarks(comment, sourceLocation: sourceLocation)
        let conflicts = try await Self.conflicts(tried)
        #expect(conflicts == (try await Self.conflicts(calm)), comment, sourceLocation: sourceLocation)
        #expect(conflicts.count { $0.contains("open") } == 1, "\(conflicts)", sourceLocation: sourceLocation)
        for circle in [calm, tried] {
            let outbox = try await Self.rows(circle, "outbox", "list")
            #expect(outbox.isEmpty, "\(comment): \(outbox)", sourceLocation: sourceLocation)
        }
        try await tried.expectRest(sourceLocation: sourceLocation)
    }

    private static func marks(_ circle: Circle) -> [String] {
        let place = circle.place
        let clever = place.sandbox.cleverRecords(from: place.today.adding(days: -1), to: place.today).map {
            "Clever \($0.date) \($0.student) \($0.section ?? "-") \($0.status) \($0.excuseCode ?? "-") \($0.sisID ?? "-")"
        }
        let schoology = place.sandbox.schoologyMarks().map {
            "Schoology \($0.date) \($0.enrollment) \($0.status) \($0.comment)"
        }
        return (clever + schoology).sorted()
    }

    /// Everything in the conflict log but times and numbers of cycles.
    private static func conflicts(_ circle: Circle) async throws -> [String] {
        let names = [
            "state", "clever_student_id", "clever_section_id", "date", "base", "clever", "schoology", "policy",
            "outcome", "reason",
        ]
        return try await rows(circle, "conflicts", "list", "--all").map { row in
            names.map { name in "\(name)=\(row[name] ?? "-")" }.joined(separator: " ")
        }.sorted()
    }

    private static func rows(_ circle: Circle, _ words: String...) async throws -> [[String: Any]] {
        let ended = try await Program(
            words + ["--json", "--config", circle.place.configuration.path], disk: circle.place.disk,
            in: circle.place.folder
        ).end()
        #expect(ended.status == 0, "\(ended.log)")
        let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        return try #require(document?[words[0]] as? [[String: Any]])
    }

    private static func values(_ round: Int) -> (clever: String, schoology: Int) {
        [("absent", 2), ("tardy", 3), ("present", 1)][round % 3]
    }
}
