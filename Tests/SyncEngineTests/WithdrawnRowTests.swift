import AttendanceCore
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// A row that was given up after a file had carried it: should Clever take it all the same, it was told so, and no office
/// said it.
@Suite struct WithdrawnRowTests {
    private let town: Town
    /// A teacher's mark, of which an operator has dropped the row that a file had carried.
    private let pair: SandboxPair
    private let file: [UInt8]

    init() async throws {
        let town = try await Town.bothWays(.schoology)
        pair = try #require(try town.secondary.first { try town.shown($0) == 1 })
        try town.teach(pair, 3)
        try await town.nextCycle()
        file = try #require(town.dropBox.file)
        try town.dropWrite()
        self.town = town
    }

    /// Clever takes the file that carried the row.
    private func ingestTheOldFile() {
        #expect(town.sandbox.ingest(csv: file).rejected == [])
    }

    /// It was taken for a change of the office, and written over the teacher, who had taken it back.
    @Test func isNoWordOfTheOfficeWhenCleverTakesIt() async throws {
        ingestTheOldFile()
        try town.teach(pair, 1)
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 1)
        #expect(try town.trail(pair).contains { $0.now == .late && $0.cause == "an earlier row, taken by Clever" })
        // The teacher's word is a change now, and goes to Clever.
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.cleverSays(pair) == "present")
        #expect(try town.totals.outbox == 0 && town.totals.openConflicts == 0)
    }

    /// The teacher took the mark back before, so that nothing else was stored of it any more.
    @Test func isRecognisedWhereNothingElseIsKnownOfTheMark() async throws {
        town.dropBox.fail(.noSpace)
        try town.teach(pair, 1)
        try await town.nextCycle()
        ingestTheOldFile()
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 1)
    }

    @Test func isAgreedOnWhereTheTeacherStillSaysSo() async throws {
        ingestTheOldFile()
        try await town.nextCycle()
        #expect(try town.trail(pair).last?.now == .late)
        // What the office says next is the only change.
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    /// Once Clever has had a file without the row for long enough, the same word is the office's own.
    @Test func isTheOfficesWordOnceAnotherFileHasTakenItsPlace() async throws {
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        try town.teach(pair, 1)
        town.time.advance(.minutes(20))
        try town.mark(pair, "tardy")
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.shown(pair) == 3)
        #expect(town.dropBox.rows.isEmpty)
    }

    /// A further row of the same mark doesn't make the earlier one forgotten.
    @Test func isRecognisedBesideALaterRow() async throws {
        try town.teach(pair, 4)
        town.dropBox.fail(.noSpace)
        try await town.nextCycle()
        ingestTheOldFile()
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).isEmpty)
        town.dropBox.fail(nil)
        try await town.nextCycle()
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.cleverSays(pair) == "absent/E" && town.shown(pair) == 4)
        #expect(try town.totals.outbox == 0)
    }

    /// No scan reads its day any more: the daemon asks once a day, until Clever can't have taken it.
    @Test(arguments: [true, false])
    func isAskedAboutOnceNoScanReadsItsDay(isTaken: Bool) async throws {
        try await town.nextCycle()
        if isTaken { ingestTheOldFile() }
        town.time.advance(.days(4))
        town.sandbox.finishAttendanceSync()
        town.sandbox.clearRequests()
        try await town.nextCycle(.scheduled)
        func questions() -> Int { town.cleverRequests.count { $0.path.hasSuffix("/sections/\(pair.cleverSection)") } }
        #expect(questions() == 1)
        #expect(
            try town.trail(pair).last?.cause
                == (isTaken ? "an earlier row, taken by Clever" : "operator dropped late: no"))
        #expect(try town.totals.outbox == 0 && town.totals.openConflicts == 0)
        town.time.advance(.days(1))
        try await town.nextCycle()
        #expect(questions() == 1)
    }

    /// The direction that sends rows is switched off while Clever has one.
    @Test func isRecognisedOnceNoRowsAreSentAnyMore() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(try town.secondary.first { try town.shown($0) == 1 })
        try town.teach(pair, 3)
        try await town.nextCycle()
        town.change { $0.direction = .toSchoology }
        try await town.nextCycle()
        try town.approveHeld()
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0)
        try town.ingest()
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "tardy" && town.shown(pair) == 1)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }
}
