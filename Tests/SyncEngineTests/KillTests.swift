import Foundation
import Sandbox
import SyncEngine
import Synchronization
import Testing

/// Killed at any instant and started again, it comes to the same end.
///
/// A kill is the state as it lies on disk at that moment, and an engine that is never heard of again.
@Suite struct KillTests {
    enum Scene: CaseIterable {
        case firstCycle
        case corrections
        case lostAnswers
    }

    @Test(arguments: Scene.allCases, [true, false])
    func aKillAtAnyRequestComesToTheSameEnd(scene: Scene, afterIt: Bool) async throws {
        let calm = try await prepared(scene)
        let wire = try Wire(time: calm.time)
        _ = await (try calm.open(wire: wire)).runCycle(.scheduled)
        #expect(calm.differences(from: expected(scene, calm)) == [])
        #expect(wire.calls > 8)
        for number in 1...wire.calls {
            try await kill(at: number, afterIt: afterIt, in: scene)
        }
    }

    private func kill(at number: Int, afterIt: Bool, in scene: Scene) async throws {
        let town = try await prepared(scene)
        let grave = town.folder.appendingPathExtension("killed")
        defer { try? FileManager.default.removeItem(at: grave) }
        let wire = try Wire(
            time: town.time,
            fate: { call, _ in call == number ? (afterIt ? .killedAfter : .killedBefore) : .delivered },
            atKill: { [town] in town.copyState(to: grave) })
        _ = await (try town.open(wire: wire)).runCycle(.scheduled)
        guard FileManager.default.fileExists(atPath: grave.path) else {
            // Fewer requests this time, as some waited for others: the cycle was not disturbed.
            #expect(town.differences(from: expected(scene, town)) == [], "call \(number)")
            return
        }
        let engine = try town.open(directory: grave)
        let report = await engine.runCycle(.scheduled)
        #expect(report.outcome == .done, "call \(number): \(report.failures)")
        #expect(town.differences(from: expected(scene, town)) == [], "call \(number)")
        town.sandbox.clearRequests()
        let next = await engine.runCycle(.scheduled)
        #expect(next.outcome == .done, "call \(number)")
        #expect(town.sandbox.requests.map(\.target) == ["/v3.1/districts"], "call \(number)")
    }

    /// A town at the moment before the cycle that is killed.
    private func prepared(_ scene: Scene) async throws -> Town {
        let town = try await Town.start(students: 16, days: 2)
        switch scene {
        case .firstCycle:
            break
        case .lostAnswers:
            town.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", count: 2, isApplied: true))
            town.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", skip: 3, count: 1))
        case .corrections:
            let pairs = town.secondary
            try town.mark(pairs[0], "absent")
            try town.mark(pairs[1], "tardy", on: Town.today.adding(days: -1))
            try town.mark(pairs[2], "absent")
            try await town.cycle()
            town.time.advance(.minutes(5))
            try town.mark(pairs[0], "present")
            try town.mark(pairs[1], "absent", code: "E", on: Town.today.adding(days: -1))
            try town.mark(town.homerooms[0], "absent", daily: true)
            // A teacher's edits: one against Clever's correction, one that says the same, one alone.
            try town.sandbox.setSchoologyMark(enrollment: pairs[3].enrollment, date: Town.today, status: 3)
            try town.mark(pairs[3], "absent")
            try town.sandbox.setSchoologyMark(enrollment: pairs[4].enrollment, date: Town.today, status: 2)
            try town.mark(pairs[4], "absent")
            try town.sandbox.setSchoologyMark(
                enrollment: pairs[2].enrollment, date: Town.today, status: 3, comment: "late bus")
            // Somebody new on both sides.
            _ = try town.sandbox.addSchoologyUser(schoolUID: "S900001", sections: [pairs[0].schoologySection])
            let student = try town.sandbox.addStudent(sisID: "S900001", sections: [pairs[0].cleverSection])
            try town.sandbox.setCleverRecord(
                student: student, section: pairs[0].cleverSection, date: Town.today, status: "tardy")
            town.sandbox.finishAttendanceSync()
        }
        return town
    }

    private func expected(_ scene: Scene, _ town: Town) -> [String: Int] {
        var expected = town.wanted
        // The teacher's own edit is left alone.
        if scene == .corrections { expected["\(town.secondary[2].enrollment) \(Town.today)"] = 3 }
        return expected
    }
}
