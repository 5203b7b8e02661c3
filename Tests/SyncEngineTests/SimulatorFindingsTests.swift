import AttendanceCore
import SyncEngine
import Testing
import Transport

@testable import Sandbox

/// What the simulator found, each told as the short story that its seed came down to.
@Suite struct SimulatorFindingsTests {
    /// The office changed the mark before the daemon could see that its row had been taken, and the section was suspended
    /// just then. The row was uploaded again as overdue, over the office's edit, with no conflict.
    @Test func aRowWaitsWhileTheOfficesChangeHasNotBeenComparedWithTheTeachers() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.sftp?.confirmWithin = .hours(1) })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 4)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        try town.ingest()
        try town.mark(pair, "absent")
        try town.sandbox.setSectionGone(true, section: pair.schoologySection)
        try await town.nextCycle()
        // The file no longer says anything of it, so taking it once more undoes nothing.
        #expect(town.dropBox.rows.isEmpty)
        town.time.advance(.hours(2))
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        #expect(try town.totals.rowsToUpload == 0)
        try town.ingest()
        #expect(try town.cleverSays(pair) == "absent")

        try town.sandbox.setSectionGone(false, section: pair.schoologySection)
        town.time.advance(.hours(25))
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.shown(pair) == 2)
    }

    /// A mark that is read back may call for a write to Schoology: a protected mark that a teacher changed.
    @Test func readingBackWritesNothingWhileTheDistrictIsPaused() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        town.sandbox.setDistrictState("paused")
        try town.teach(pair, 2)
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 2)
        #expect(town.events.all(.conflictDetected).count == 1)
        town.sandbox.setDistrictState("running")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
    }

    /// After an upload that failed, every cycle that only read back found that the row may go, and it might not.
    @Test func aRowThatWaitsForItsNextTryDoesNotAskForCycles() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 2)
        town.dropBox.fail(.cannotConnect(detail: "closed"))
        town.time.advance(.hours(2))
        let engine = try town.open()
        _ = await engine.runCycle(.scheduled)
        let wait = try #require(await engine.untilUpload())
        #expect(wait > .seconds(30))
    }

    /// With a code that nobody configured the row waits for the operator, and nobody else is asked for it again and again.
    @Test func aRowWhoseMarkHasAnUnknownCodeWaitsQuietly() async throws {
        let town = try await Town.bothWays(settings: { $0.statusMap.absent.anyOtherCode = nil })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        town.dropBox.fail(.cannotConnect(detail: "closed"))
        try await town.nextCycle()
        try town.mark(pair, "absent", code: "X9")
        town.dropBox.fail(nil)
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        let engine = try town.open()
        #expect(await engine.untilUpload() == nil)
        town.sandbox.clearRequests()
        town.time.advance(.minutes(5))
        _ = await engine.runCycle(.once, upload: true)
        #expect(town.cleverRequests.count == 1)
    }
}
