import Foundation
import Sandbox
import Testing

/// `held`, `pause`, `resume`, `undo` and `backfill`.
@Suite struct OperatorCommandTests {
    private static let strict = "[district.safety]\nhold_above_count = 1\nhold_above_percent = 0"

    private func synced(_ options: Installation.Options = .init(), days: Int = 2) async throws -> Installation {
        let place = try await Installation.make(days: days, options: options)
        #expect(try await place.run("once").status == 0)
        place.sandbox.clearRequests()
        return place
    }

    private func untouched(_ place: Installation, _ count: Int) -> [SandboxPair] {
        Array(place.pairs.filter { (try? place.shown($0)) == 1 }.prefix(count))
    }

    // MARK: held

    private func heldList(_ place: Installation) -> String {
        "attendance-sync held list --config \(place.configuration.path)"
    }

    private func held() async throws -> (Installation, [SandboxPair]) {
        let place = try await synced()
        try place.configure(.init(more: Self.strict))
        let pairs = untouched(place, 3)
        for pair in pairs { try place.mark(pair, "absent") }
        let ended = try await place.run("once")
        #expect(ended.status == 1)
        #expect(ended.output.contains("held                  3 changes in 1 batch: see `\(heldList(place))`"))
        #expect(ended.log.contains("valve.held"))
        return (place, pairs)
    }

    @Test func aHeldBatchIsListedShownAndApproved() async throws {
        let (place, pairs) = try await held()
        let list = try await place.run("held", "list")
        #expect(list.status == 0)
        for text in ["schoology", place.today.description, "hold_above_count = 1", "held approve ID"] {
            #expect(list.output.contains(text), "\(text)")
        }
        let rows = try #require(try document(try await place.run("held", "list", "--json"))["held"] as? [[String: Any]])
        #expect(rows.count == 1)
        #expect(rows[0]["id"] as? Int == 1)
        #expect(rows[0]["changes"] as? Int == 3)
        let shown = try await place.run("held", "show", "1")
        for pair in pairs { #expect(shown.output.contains(pair.cleverStudent)) }
        let status = try await place.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("1 held batch (3 changes): `\(heldList(place))`"))
        for pair in pairs { #expect(try place.shown(pair) == 1) }

        let approved = try await place.run("held", "approve", "1", "--by", "ms-kim", "--reason", "a snow day")
        #expect(approved.status == 0)
        #expect(approved.output.contains("batch 1 approved: 3 changes"))
        #expect(try await place.run("once").status == 0)
        for pair in pairs { #expect(try place.shown(pair) == 2) }
        #expect(try await place.run("held", "list").output == "Nothing is held.\n")
        let log = try await place.run("held", "list", "--all", "--json")
        let decided = try #require((try document(log)["held"] as? [[String: Any]])?.first)
        #expect(decided["decided_by"] as? String == "ms-kim")
        #expect(try await place.run("held", "approve", "1").status == 64)
        #expect(try await place.run("status").status == 0)
    }

    @Test func aDiscardedBatchIsNotProposedAgain() async throws {
        let (place, pairs) = try await held()
        #expect(try await place.run("held", "discard", "1", "--reason", "a mistake of the office").status == 0)
        for _ in 0..<2 { #expect(try await place.run("once").status == 0) }
        #expect(!place.sandbox.requests.contains { $0.method == "PUT" })
        for pair in pairs { #expect(try place.shown(pair) == 1) }
    }

    @Test func whatIsApprovedIsWrittenByTheDaemonAtOnce() async throws {
        let (place, pairs) = try await held()
        try place.configure(.init(pollInterval: "1h", more: Self.strict))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        #expect(try place.shown(pairs[0]) == 1)
        let approved = try await place.run("held", "approve", "1")
        #expect(approved.output.contains("The daemon does it now."))
        try await eventually("it is written") { try place.shown(pairs[0]) == 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    // MARK: pause

    @Test func aPausedDistrictIsNotWrittenUntilItIsResumed() async throws {
        let place = try await synced()
        let pair = try #require(untouched(place, 1).first)
        let paused = try await place.run("pause", "--reason", "exams", "--by", "ms-kim", "--until", "3d")
        #expect(paused.status == 0)
        #expect(paused.output.contains("town: paused until "))
        try place.mark(pair, "absent")
        #expect(try await place.run("plan").output.contains("the district is paused by ms-kim"))
        let ended = try await place.run("once")
        #expect(ended.status == 1)
        #expect(ended.output.contains("paused                by ms-kim: read, not written"))
        #expect(try place.shown(pair) == 1)
        let status = try await place.run("status")
        #expect(status.output.contains("paused                by ms-kim until "))
        #expect(status.output.contains("(exams)"))
        let row = try #require(
            (try document(try await place.run("status", "--json"))["districts"] as? [[String: Any]])?.first)
        #expect(row["paused"] as? Bool == true)
        #expect(row["paused_by"] as? String == "operator:ms-kim")
        // Kept across restarts; and the daemon goes on at once.
        try place.configure(.init(pollInterval: "1h"))
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        #expect(try place.shown(pair) == 1)
        #expect(try await place.run("resume").output.contains("resumed. The daemon does it now."))
        try await eventually("it is written") { try place.shown(pair) == 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    @Test func anotherCommandThatHoldsTheStateIsNotDisturbed() async throws {
        let place = try await synced()
        try place.mark(place.pairs[0], "tardy")
        let fault = place.sandbox.add(Fault(.hang(seconds: 2), path: "/v3.1/attendance/*", count: 1))
        let once = try place.start("once")
        try await eventually("a request hangs") { place.sandbox.strikes(ofFault: fault) == 1 }
        #expect(try await place.run("resume").status == 0)
        let ended = try await once.end()
        #expect(ended.signal == 0)
        #expect(ended.status == 0)
    }

    @Test(arguments: [
        ("1999-01-01", "that is over already"), ("soon", "neither a date"), ("-3d", "neither a date"),
        ("2026-13-01", "neither a date"),
    ])
    func aTimeThatIsNoneIsRefused(text: String, words: String) async throws {
        let place = try await synced()
        let refused = try await place.run("pause", "--until=\(text)")
        #expect(refused.status == 64)
        #expect(refused.log.contains(words))
        #expect(try await place.run("status").status == 0)
    }

    // MARK: What goes wrong while something is shown

    @Test func aTemplateOfOverridesNeverTakesThePlaceOfWhatIsInForce() async throws {
        let place = try await synced()
        let file = place.folder.appendingPathComponent("town.overrides.csv")
        #expect(try await place.run("unmatched", "--csv", file.path).status == 0)
        let lines = "kind,clever_id,schoology_id\nstudent,\(place.pairs[0].cleverStudent),17\n"
        try Data(lines.utf8).write(to: file)
        let refused = try await place.run("unmatched", "--csv", file.path)
        #expect(refused.status == 64)
        #expect(refused.log.contains("is not overwritten"))
        #expect(try String(contentsOf: file, encoding: .utf8) == lines)
    }

    @Test func damageThatIsMetWhileReadingIsSaidWithItsRepair() async throws {
        let place = try await synced()
        let handle = try FileHandle(forUpdating: place.stateFile)
        let pages = try handle.seekToEnd() / 4096
        for page in 1..<pages {
            try handle.seek(toOffset: page * 4096)
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 900))
        }
        try handle.close()
        for command in ["status", "history", "unmatched"] {
            let ended = try await place.run(command)
            #expect(ended.status == 78, "\(command)")
            #expect(ended.log.contains("is damaged"), "\(command): \(ended.log)")
            #expect(ended.log.contains("attendance-sync restore"), "\(command)")
        }
    }

    // MARK: undo

    @Test func undoShowsAndWithYesPutsBack() async throws {
        let place = try await synced()
        let pairs = untouched(place, 2)
        for pair in pairs { try place.mark(pair, "absent") }
        #expect(try await place.run("once").status == 0)
        let cycle = "2"
        let shown = try await place.run("undo", "--cycle", cycle)
        #expect(shown.status == 0)
        #expect(shown.output.contains("2 marks would be put back. Nothing was changed: add --yes to do it."))
        #expect(try await place.run("once").status == 0)
        #expect(try place.shown(pairs[0]) == 2)
        let undone = try await place.run("undo", "--cycle", cycle, "--yes", "--by", "ms-kim", "--json")
        let rows = try #require(try document(undone)["writes"] as? [[String: Any]])
        #expect(rows.map { $0["back_to"] as? String } == ["present", "present"])
        for _ in 0..<2 { #expect(try await place.run("once").status == 0) }
        for pair in pairs { #expect(try place.shown(pair) == 1) }
        #expect(try await place.run("undo", "--cycle", "99").status == 64)
        let trail = try #require(try document(try await place.run("history", "--json"))["history"] as? [[String: Any]])
        #expect(trail.last?["by"] as? String == "operator:ms-kim")
        #expect(trail.last?["cause"] as? String == "operator:ms-kim undoes cycle 2")
    }

    // MARK: backfill

    @Test func aBackfillGoesOverThePastByItself() async throws {
        let place = try await synced(.init(more: ""), days: 2)
        let old = place.today.adding(days: -9)
        let pair = try #require(place.pairs.first)
        try place.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: old, status: "absent", excuseCode: nil)
        place.sandbox.finishAttendanceSync()
        #expect(try await place.run("once").status == 0)
        func mark() throws -> Int {
            try place.sandbox.schoologyMark(enrollment: pair.enrollment, date: old)?.status ?? 1
        }
        #expect(try mark() == 1)
        let done = try await place.run(
            "backfill", "--from", place.today.adding(days: -10).description, "--to",
            place.today.adding(days: -8).description)
        #expect(done.status == 0, "\(done.output)\(done.log)")
        #expect(done.output.contains("gone over 2 days"))
        #expect(try mark() == 2)
        let wrong = try await place.run("backfill", "--from", "2026-02-01", "--to", "2026-02-01")
        #expect(wrong.status == 64)
    }

    @Test func theDaemonDoesABackfillBetweenItsPolls() async throws {
        let place = try await synced(.init(pollInterval: "1h"))
        let old = place.today.adding(days: -9)
        let pair = try #require(place.pairs.first)
        try place.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: old, status: "absent", excuseCode: nil)
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        let done = try await place.run(
            "backfill", "--from", old.description, "--to", old.adding(days: 1).description, "--json")
        #expect(done.status == 0, "\(done.output)\(done.log)")
        let district = try #require((try document(done)["districts"] as? [[String: Any]])?.first)
        #expect(district["finished"] as? String != nil)
        #expect(try place.sandbox.schoologyMark(enrollment: pair.enrollment, date: old)?.status == 2)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }
}
