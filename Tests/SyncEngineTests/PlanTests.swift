import AttendanceCore
import Foundation
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// A plan is what the next cycle does, and making one changes nothing.
@Suite struct PlanTests {
    /// Edits on both sides, a conflict, an excused mark that is protected, and a mark that both sides agree on.
    private func busyTown(_ policy: ConflictPolicy = .clever) async throws -> (Town, [SandboxPair]) {
        let town = try await Town.bothWays(policy)
        let pairs = Array(town.secondary.filter { (try? town.shown($0)) == 1 }.prefix(6))
        try town.mark(pairs[0], "absent")
        try town.teach(pairs[1], 2)
        try town.mark(pairs[2], "absent")
        try town.teach(pairs[2], 3)
        try town.mark(pairs[3], "tardy")
        try town.teach(pairs[3], 3)
        try town.mark(pairs[4], "absent", on: Town.today.adding(days: -2))
        try town.teach(pairs[5], 3, on: Town.today.adding(days: -1))
        return (town, pairs)
    }

    private func stateFiles(_ town: Town) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: town.folder.path) where !name.hasSuffix("-shm")
        {
            let bytes = try Data(contentsOf: town.folder.appendingPathComponent(name))
            // A reader leaves an empty -wal behind.
            if !bytes.isEmpty { files[name] = bytes }
        }
        return files
    }

    @Test(arguments: ConflictPolicy.allCases) func thePlanIsWhatTheNextCycleDoes(policy: ConflictPolicy) async throws {
        let (town, _) = try await busyTown(policy)
        let files = try stateFiles(town)
        let marks = town.rows
        town.sandbox.clearRequests()
        town.time.advance(.minutes(5))
        let plan = try await town.rehearse()
        #expect(plan.report.failures.isEmpty)
        #expect(town.sandbox.requests.allSatisfy { $0.method == "GET" })
        #expect(town.dropBox.uploads.isEmpty)
        #expect(town.rows == marks)
        #expect(try stateFiles(town) == files)
        #expect(plan.writes.count >= 4)

        // The same again, as nothing has changed.
        #expect(try await town.rehearse().writes == plan.writes)

        town.sandbox.clearRequests()
        let report = try await town.cycle(.once, upload: true)
        let sent = town.puts.flatMap(\.items).map { "\($0.enrollment) \($0.date) \($0.status)" }
        let planned = plan.writes.filter { $0.effect.side == .schoology }.map {
            "\($0.enrollment ?? 0) \($0.effect.day) \($0.effect.to.rawValue)"
        }
        #expect(sent.sorted() == planned.sorted())
        #expect(town.puts.count == plan.puts)
        #expect(town.dropBox.rows.count == plan.writes.count { $0.effect.side == .clever })
        #expect(report.counts.uploaded == town.dropBox.rows.count)
        #expect(try await town.rehearse().writes.isEmpty)
    }

    @Test func aPlanSaysWhyEachMarkIsWritten() async throws {
        let (town, pairs) = try await busyTown()
        town.time.advance(.minutes(5))
        let writes = try await town.rehearse().writes
        func write(_ pair: SandboxPair) -> PlannedWrite? {
            writes.first {
                $0.effect.cleverStudent == pair.cleverStudent && $0.effect.cleverSection == pair.cleverSection
            }
        }
        #expect(write(pairs[0])?.reason == "clever")
        #expect(write(pairs[0])?.effect.from == .present)
        #expect(write(pairs[0])?.effect.to == .absent)
        #expect(write(pairs[1])?.reason == "schoology")
        #expect(write(pairs[1])?.effect.side == .clever)
        let conflict = try #require(write(pairs[2]))
        #expect((conflict.base, conflict.clever, conflict.schoology) == (.present, .absent, .late))
        #expect(write(pairs[3]) == nil)
    }

    @Test func whatTheValveWouldHoldIsPlannedAsHeld() async throws {
        let (town, _) = try await busyTown()
        town.change {
            $0.safety.holdAboveCount = 0
            $0.safety.holdAbovePercent = 0
        }
        town.time.advance(.minutes(5))
        let plan = try await town.rehearse()
        #expect(plan.writes.isEmpty)
        #expect(plan.waiting.count >= 4)
        #expect(plan.waiting.allSatisfy { $0.reason.contains("held by the safety valve") })
        #expect(try town.reading { try $0.heldBatches(openOnly: false) }.isEmpty)
    }

    @Test func onlyWhatWasPlannedIsApplied() async throws {
        let (town, pairs) = try await busyTown()
        town.time.advance(.minutes(5))
        let plan = try await town.rehearse()
        // Between the plan and its application the office adds something.
        try town.mark(pairs[0], "absent", code: "E")
        let extra = try #require(town.secondary.last)
        try town.mark(extra, try town.shown(extra) == 3 ? "absent" : "tardy")
        let before = try town.shown(extra)
        let engine = try town.open(delivery: .only(Set(plan.writes.map(\.effect))))
        let report = await engine.runCycle(.once, upload: true)
        #expect(report.outcome == .incomplete)
        #expect(try town.shown(pairs[0]) == 1)
        #expect(try town.shown(extra) == before)
        #expect(try town.shown(pairs[4], on: Town.today.adding(days: -2)) == 2)
    }

    @Test func aNewDistrictCanBePlannedBeforeItHasAState() async throws {
        let town = try await Town.start()
        let plan = try await town.rehearse()
        #expect(!plan.writes.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: town.folder.path))
        try await town.cycle(.once)
        #expect(town.puts.flatMap(\.items).count == plan.writes.count)
    }

    @Test func aSideThatCannotBeReadMakesNoPlan() async throws {
        let (town, _) = try await busyTown()
        town.sandbox.setCleverTokenRevoked(true)
        let plan = try await town.rehearse()
        #expect(plan.report.failures.count == 1)
        #expect(try town.reading { try $0.number(.cleverRefusedAt) } == nil)
    }
}
