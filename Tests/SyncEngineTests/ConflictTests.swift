import AttendanceCore
import Foundation
import SyncEngine
import Synchronization
import SyncState
import Testing

@testable import Sandbox

/// What a teacher did in Schoology, met by what Clever says.
@Suite struct ConflictTests {
    /// A synced town whose first student was marked by a teacher, and then by Clever.
    private func conflict(
        _ policy: ConflictPolicy, teacherFirst: Bool = true, clever status: String = "absent",
        change: @escaping (inout DistrictSettings) -> Void = { _ in }
    ) async throws -> (Town, SandboxPair) {
        let town = try await Town.start(settings: {
            $0.conflicts.policy = policy
            change(&$0)
        })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.cycle()
        town.events.clear()
        town.sandbox.clearRequests()
        town.time.advance(.minutes(5))
        try town.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Town.today, status: 3, comment: "bus")
        try town.mark(pair, status)
        return (town, pair)
    }

    @Test func theCleverPolicyOverwritesAndKeepsTheComment() async throws {
        let (town, pair) = try await conflict(.clever)
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
        #expect(town.puts.flatMap(\.items).map(\.comment) == ["bus"])
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(town.events.all(.conflictResolved).count == 1)
        #expect(town.events.all(.conflictDetected).first?["outcome"] == "clever wins: absent")
    }

    @Test(arguments: [ConflictPolicy.schoology, .hold])
    func aMarkThatPolicyKeepsIsLeftAndLoggedOnce(policy: ConflictPolicy) async throws {
        let (town, pair) = try await conflict(policy)
        for _ in 0..<3 {
            let report = try await town.cycle(.once)
            #expect(report.totals.openConflicts == (policy == .hold ? 1 : 0))
            town.time.advance(.minutes(20))
            town.sandbox.finishAttendanceSync()
        }
        #expect(try town.shown(pair) == 3)
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.conflictDetected).count == 1)
    }

    @Test func aProtectedCleverMarkIsNotKeptBackByTheSchoologyPolicy() async throws {
        let (town, pair) = try await conflict(.schoology) { $0.conflicts.protect = [.absent] }
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
    }

    @Test func newestTakesCleversLaterWord() async throws {
        let town = try await Town.start(settings: { $0.conflicts.policy = .newest })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        let classmate = try #require(
            town.secondary.first {
                $0.schoologySection == pair.schoologySection && $0.cleverStudent != pair.cleverStudent
            })
        try await town.cycle()
        try town.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Town.today, status: 3)
        // Another mark of the section is written, so the teacher's edit is seen now.
        town.time.advance(.minutes(5))
        try town.mark(classmate, "absent", code: "E")
        try await town.cycle()
        #expect(try town.shown(pair) == 3)
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent")
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
    }

    @Test func newestKeepsALaterEditOfTheTeacher() async throws {
        let (town, pair) = try await conflict(.newest)
        // Clever's mark is five minutes older than the read that shows the edit.
        town.time.advance(.minutes(5))
        try await town.cycle()
        #expect(try town.shown(pair) == 3)
    }

    @Test func twoSidesThatSayTheSameNeedNoWrite() async throws {
        let (town, pair) = try await conflict(.clever, clever: "tardy")
        let report = try await town.cycle()
        #expect(report.counts.healed == 1)
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.conflictDetected).isEmpty)
        // The base is healed: taking the mark back in Clever takes it back in Schoology.
        town.time.advance(.minutes(5))
        try town.mark(pair, "present")
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    @Test(arguments: [1, 3]) func aTeachersEditAloneIsLeftAlone(edit: Int) async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let classmate = try #require(
            town.secondary.first {
                $0.schoologySection == pair.schoologySection && $0.cleverStudent != pair.cleverStudent
            })
        try town.mark(pair, "absent")
        try await town.cycle()
        try town.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Town.today, status: edit)
        town.time.advance(.minutes(5))
        try town.mark(classmate, "absent", code: "E")
        let report = try await town.cycle(.once)
        #expect(try town.shown(pair) == edit)
        #expect(try town.shown(classmate) == 4)
        #expect(report.totals.drift == 1)
        town.time.advance(.minutes(5))
        town.sandbox.finishAttendanceSync()
        try await town.cycle(.once)
        #expect(try town.shown(pair) == edit)
        // Then Clever changes the key as well: a conflict like any other.
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "MED")
        try await town.cycle()
        #expect(try town.shown(pair) == 4)
        #expect(town.events.all(.conflictDetected).count == 1)
    }

    @Test func anEditBetweenTheDecisionAndTheWriteIsMerged() async throws {
        let town = try await Town.start(settings: { $0.conflicts.policy = .schoology })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.cycle()
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent")
        town.sandbox.clearRequests()
        let path = "/v1/sections/\(pair.schoologySection)/attendance"
        let wire = try Wire(
            time: town.time,
            beforeSend: { [sandbox = town.sandbox] request in
                // The decision is stored by the time its section is read.
                guard request.method == .get, request.url.contains(path) else { return }
                #expect(throws: Never.self) {
                    try sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Town.today, status: 3)
                }
            })
        _ = await (try town.open(wire: wire)).runCycle(.scheduled)
        #expect(try town.shown(pair) == 3)
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.conflictDetected).count == 1)
    }

    @Test func commentsAreCarriedAndKeptNowhere() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let comment = "Grüße vom \"Zahnarzt\" \\ 7:45 ☂"
        try town.mark(pair, "absent")
        try await town.cycle()
        for (status, shown) in [("tardy", 3), ("absent", 2), ("present", 1)] {
            try town.sandbox.setSchoologyMark(
                enrollment: pair.enrollment, date: Town.today, status: try town.shown(pair), comment: comment)
            town.time.advance(.minutes(5))
            try town.mark(pair, status)
            try await town.cycle()
            let row = try town.sandbox.schoologyMark(enrollment: pair.enrollment, date: Town.today)
            #expect(row?.status == shown)
            #expect(row?.comment == comment)
        }
        #expect(!town.events.all.contains { event in event.fields.contains { "\($0.value)".contains("Zahnarzt") } })
        for name in try FileManager.default.contentsOfDirectory(atPath: town.folder.path) {
            let bytes = try Data(contentsOf: town.folder.appendingPathComponent(name))
            #expect(bytes.range(of: Data("Zahnarzt".utf8)) == nil)
        }
    }
}
