import Foundation
import Testing

@testable import Sandbox

/// What the program prints: documents, logs, and what is never in them.
@Suite struct OutputTests {
    /// The stable names of the contract, and those that the project's log reference adds.
    static let events: Set<String> = [
        "service.started", "service.stopped", "config.reloaded", "config.rejected", "cycle.started", "cycle.finished",
        "cycle.failed", "clever.unchanged", "clever.scanned", "roster.refreshed", "record.quarantined",
        "match.missing", "match.ambiguous", "conflict.detected", "conflict.resolved", "push.sent",
        "push.item_retried", "push.item_rejected", "push.unknown", "section.suspended", "section.resumed",
        "csv.uploaded", "csv.confirmed", "csv.overdue", "valve.held", "district.paused", "auth.failed",
        "auth.recovered", "rate.waiting", "outbox.dead", "state.migrated", "trigger.received",
        "config.unused", "clever.school_missing",
    ]

    @Test(arguments: [
        ["once"], ["status"], ["outbox", "list"], ["outbox", "list", "--dead"], ["unmatched"], ["check-config"],
    ])
    func jsonIsOneDocumentOfVersion1(command: [String]) async throws {
        let place = try await Installation.make(students: 120, oddities: .realistic)
        try place.mark(place.pairs[0], "absent")
        place.sandbox.add(Fault(.itemCode(403, message: "no", enrollments: [place.pairs[0].enrollment])))
        if command != ["once"] { _ = try await place.run("once") }
        let ended = try await Program(
            command + ["--json", "--config", place.configuration.path], in: place.folder
        ).end()
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any], "\(ended.output)")
        #expect(document["version"] as? Int == 1)
        #expect(document.count > 1)
        #expect(Self.secretsAndNames(place).filter { ended.output.contains($0) } == [])
    }

    @Test func statusTellsWhatIsWaitingAndWhatNeedsAPerson() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("status").status == 1)
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(403, message: "no", enrollments: [pair.enrollment])))
        _ = try await place.run("once")
        let ended = try await place.run("status", "--json")
        #expect(ended.status == 1)
        let document = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
        let district = try #require((document?["districts"] as? [[String: Any]])?.first)
        #expect(district["district"] as? String == "town")
        #expect(district["dead_letters"] as? Int == 1)
        #expect((district["needs_person"] as? [String])?.count == 1)
        #expect((district["last_good_cycle"] as? [String: Any])?["id"] as? Int == 1)
        #expect(district["watermark"] as? String == place.sandbox.lastAttendanceSync?.description)
    }

    @Test func metricsAreWhatNodeExporterReads() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let ended = try await place.run("status", "--metrics")
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        for line in lines where !line.hasPrefix("#") {
            #expect(
                line.wholeMatch(of: /attendance_sync_[a-z_]+\{district="town"(,side="[a-z]+")?\} \d+/) != nil, "\(line)"
            )
        }
        #expect(lines.contains(#"attendance_sync_up{district="town"} 0"#))
        #expect(lines.contains(#"attendance_sync_credential_refused{district="town",side="sftp"} 0"#))
        // Every sample's metric has its type, once.
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count && types.count == 14)
        #expect(lines.contains { $0.hasPrefix("attendance_sync_last_success_timestamp_seconds{") })
        #expect(try await place.run("status", "--metrics", "--json").status == 64)
    }

    @Test func outboxRowsNameTheirKeyInFull() async throws {
        let place = try await Installation.make()
        let pair = place.pairs[0]
        try place.mark(pair, "absent")
        place.sandbox.add(Fault(.itemCode(403, message: "no", enrollments: [pair.enrollment])))
        _ = try await place.run("once")
        let output = try await place.run("outbox", "list", "--json").output
        let document = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        let row = try #require((document?["outbox"] as? [[String: Any]])?.first)
        #expect(row["clever_student_id"] as? String == pair.cleverStudent)
        #expect(row["clever_section_id"] as? String == pair.cleverSection)
        #expect(row["date"] as? String == place.today.description)
        for (key, value) in [("schoology_section_id", pair.schoologySection), ("enrollment_id", pair.enrollment)] {
            #expect(row[key].map { "\($0)" } == value)
        }
        for (key, value) in [("base", "present"), ("clever", "absent"), ("schoology", "present")] {
            #expect(row[key].map { "\($0)".contains(value) } == true, "\(key): \(row[key] ?? "none")")
        }
    }

    @Test(arguments: ["logfmt", "json"]) func everyLineOfTheLogCanBeReadAndNamesNobody(format: String) async throws {
        let place = try await Installation.make(
            students: 330, elementaryPercent: 20, oddities: .realistic,
            options: .init(service: "log_format = \"\(format)\"\nlog_level = \"debug\""))
        let pairs = place.pairs
        for (index, code) in [403, 404, 410, 503, 409].enumerated() {
            try place.mark(pairs[index * 29], "absent")
            place.sandbox.add(
                Fault(.itemCode(code, message: "says \"no\"\nand more", enrollments: [pairs[index * 29].enrollment])))
        }
        try place.sandbox.setSchoologyMark(
            enrollment: pairs[7].enrollment, date: place.today, status: 3, comment: "Zahnarzt, Mama ruft an")
        try place.mark(pairs[7], "absent", code: "E")
        try place.mark(pairs[8], "vanished")
        place.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", count: 1))
        let ended = try await place.run("once")
        let lines = ended.log.split(separator: "\n")
        #expect(lines.count > 20)
        var seen: Set<String> = []
        for line in lines {
            let fields: [String: Any]?
            switch format {
            case "json": fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            default: fields = LogLine(line)?.fields
            }
            guard let fields, let event = fields["event"] as? String else {
                Issue.record("not \(format): \(line)")
                continue
            }
            seen.insert(event)
            #expect(Self.events.contains(event))
            #expect(fields["level"] != nil && fields["ts"] != nil)
            #expect(fields["district"] as? String == "town", "\(line)")
            #expect(fields["cycle"] != nil, "\(line)")
        }
        #expect(
            seen.isSuperset(of: [
                "cycle.started", "cycle.finished", "clever.scanned", "roster.refreshed", "match.missing", "push.sent",
                "push.item_retried", "push.item_rejected", "push.unknown", "outbox.dead", "section.suspended",
                "record.quarantined",
            ]))
        let forbidden = Self.secretsAndNames(place) + ["Zahnarzt"]
        #expect(forbidden.filter { ended.log.contains($0) } == [])
        for name in try FileManager.default.contentsOfDirectory(atPath: place.stateFolder.path) {
            let bytes = try Data(contentsOf: place.stateFolder.appendingPathComponent(name))
            #expect(forbidden.filter { bytes.range(of: Data($0.utf8)) != nil } == [], "\(name)")
        }
    }

    @Test func theJournalGetsSeveritiesAndNoTime() async throws {
        let place = try await Installation.make()
        // Standard error is a file here, so a stream that isn't the journal's must not be taken for it.
        let ended = try await place.run("once", environment: ["JOURNAL_STREAM": "1:1"])
        #expect(ended.log.split(separator: "\n").allSatisfy { $0.hasPrefix("ts=") })
    }

    @Test func theStateIsReadableByItsOwnerAlone() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        func mode(_ url: URL) throws -> Int {
            try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int ?? 0
        }
        #expect(try mode(place.stateFolder) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: place.stateFolder.path) {
            #expect(try mode(place.stateFolder.appendingPathComponent(name)) == 0o600, "\(name)")
        }
    }

    private static func secretsAndNames(_ place: Installation) -> [String] {
        let settings = place.sandbox.settings
        let people = 0..<settings.plan.students
        return [settings.cleverToken, settings.consumerKey, settings.consumerSecret]
            + Set(people.map { Names.first($0) }).sorted() + Set(people.map { Names.last($0) }).sorted()
    }
}
