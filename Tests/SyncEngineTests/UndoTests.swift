import AttendanceCore
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// What a cycle wrote is put back, and stays so until somebody says something new.
@Suite struct UndoTests {
    private func clever(_ town: Town, _ key: Key, _ tx: Transaction) throws -> Status? {
        guard let mark = try tx.cleverMark(key, daily: town.settings.clever.daily) else { return .present }
        return town.settings.statusMap.status(of: mark.status, excuseCode: mark.excuseCode)
    }

    /// - Returns: what was found, whether it could be put back or not.
    @discardableResult
    private func undo(_ cycle: Int64, _ town: Town) throws -> [Undoing] {
        try town.writing { tx in
            let found = try tx.undoing(cycle: cycle, direction: town.settings.direction) { try clever(town, $0, tx) }
            for undoing in found where undoing.obstacle == nil {
                try tx.undo(
                    undoing, of: cycle, clever: clever(town, undoing.key, tx), by: "anna", reason: nil,
                    now: town.time.now)
            }
            return found
        }
    }

    private func rest(_ town: Town) async throws {
        town.sandbox.clearRequests()
        let uploads = town.dropBox.uploads.count
        for _ in 0..<2 { #expect(try await town.nextCycle().outcome == .done) }
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.count == uploads)
    }

    @Test func whatWasWrittenToSchoologyIsPutBack() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.mark(pair, "absent")
        let cycle = try await town.nextCycle().cycle
        #expect(try town.shown(pair) == 2)
        #expect(try undo(cycle, town).map(\.obstacle) == [nil])
        let undoing = try await town.nextCycle()
        #expect(undoing.outcome == .done)
        #expect(try town.shown(pair) == 1)
        // Clever keeps its word, and nothing is proposed again.
        #expect(try town.cleverSays(pair) == "absent")
        try await rest(town)
        // The cycle that put it back can be undone like any other.
        #expect(try undo(undoing.cycle, town).map(\.was) == [.absent])
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
    }

    @Test func aNewWordOfTheOfficeIsWrittenAgain() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.mark(pair, "absent")
        let cycle = try await town.nextCycle().cycle
        try undo(cycle, town)
        try await town.nextCycle()
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
    }

    /// The office's refused mark still stands there: a conflict, which the policy decides.
    @Test func aTeachersWordAfterwardsIsComparedWithTheOfficesThatWasRefused() async throws {
        let town = try await Town.bothWays(.schoology)
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.mark(pair, "absent")
        let cycle = try await town.nextCycle().cycle
        try undo(cycle, town)
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(town.dropBox.rows.count == 1)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "tardy")
        #expect(try town.shown(pair) == 3)
    }

    @Test func whatWasChangedSinceIsLeftAlone() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.filter { (try? town.shown($0)) == 1 }.prefix(2))
        for pair in pairs { try town.mark(pair, "absent") }
        let cycle = try await town.nextCycle().cycle
        try town.teach(pairs[0], 3)
        try await town.nextCycle()
        let found = try undo(cycle, town)
        #expect(found.compactMap(\.obstacle) == ["Schoology shows late now"])
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 3)
        #expect(try town.shown(pairs[1]) == 1)
    }

    @Test(arguments: [true, false]) func whatWasSentToCleverIsPutBack(taken: Bool) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.teach(pair, 2)
        let cycle = try await town.nextCycle().cycle
        if taken {
            try town.ingest()
            try await town.nextCycle()
            #expect(try town.cleverSays(pair) == "absent")
        }
        #expect(try undo(cycle, town).map(\.obstacle) == [nil])
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        #expect(town.dropBox.rows[0].contains("present"))
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(["present", "nothing"].contains(try town.cleverSays(pair)))
        #expect(try town.shown(pair) == 2)
        #expect(try town.totals.outbox == 0)
        try await rest(town)
        // The teacher says something new.
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
    }

    @Test func anUndoGoesThroughTheValve() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.filter { (try? town.shown($0)) == 1 }.prefix(3))
        for pair in pairs { try town.mark(pair, "absent") }
        let cycle = try await town.nextCycle().cycle
        town.change {
            $0.safety.holdAboveCount = 2
            $0.safety.holdAbovePercent = 1
        }
        try undo(cycle, town)
        try await town.nextCycle()
        #expect(try town.totals.held == 3)
        #expect(try town.shown(pairs[0]) == 2)
        try town.approveHeld()
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 1)
        try await rest(town)
    }

    @Test func theTrailTellsOfIt() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.mark(pair, "absent")
        let cycle = try await town.nextCycle().cycle
        try undo(cycle, town)
        try await town.nextCycle()
        let lines = try town.trail(pair)
        #expect(lines.map(\.now).suffix(3) == [.absent, .present, .present])
        #expect(lines.suffix(2).allSatisfy { $0.cause == "operator:anna undoes cycle \(cycle)" })
        #expect(try town.reading { try $0.verifyAuditTrail() } != .broken(id: 1, at: town.time.now))
    }
}
