import AttendanceCore
import Foundation
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// An old backup takes the place of the state: both sides have moved on meanwhile, and nobody's newer edit is undone.
@Suite struct RestoreTests {
    private let town: Town
    private let pairs: [SandboxPair]
    private var backup: String { town.folder.path + "-backup" }

    private init(policy: ConflictPolicy = .clever) async throws {
        town = try await Town.bothWays(policy)
        pairs = town.secondary
    }

    init() async throws { try await self.init(policy: .clever) }

    private func backUp() throws {
        let state = try SyncState(directory: town.folder.path, district: "town", access: .readOnly)
        _ = try StateBackup.make(of: state, district: "town", at: backup, now: town.time.now)
    }

    /// The state is lost now: nothing that happens later has been seen by it.
    private func lose() throws {
        let now = Date(timeIntervalSince1970: Double(town.time.now.milliseconds) / 1000)
        let file = town.folder.appending(path: "town.sqlite").path
        try FileManager.default.setAttributes([.modificationDate: now], ofItemAtPath: file)
        town.time.advance(.hours(2))
    }

    private func restore() throws {
        town.time.advance(.minutes(1))
        _ = try StateRestore(file: backup, directory: town.folder.path, district: "town").run(now: town.time.now)
        try? FileManager.default.removeItem(atPath: backup)
        town.sandbox.clearRequests()
    }

    /// A teacher's edit goes to Clever, is taken and seen.
    private func goRound(_ pair: SandboxPair, _ status: Int) async throws {
        try town.teach(pair, status)
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
    }

    private func open() throws -> [StoredConflict] { try town.reading { try $0.conflicts(openOnly: true) } }

    private func expectRest() async throws {
        town.sandbox.clearRequests()
        let file = town.dropBox.uploads.count
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.count == file)
    }

    @Test func whatWasBroughtAcrossSinceTheBackupIsNotBroughtAgain() async throws {
        try backUp()
        town.time.advance(.hours(1))
        try town.mark(pairs[0], "absent")
        try town.mark(pairs[3], "absent", code: "E")
        try await goRound(pairs[6], 3)
        try lose()
        try restore()
        let report = try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(report.counts.conflicts == 0)
        #expect(report.totals.rowsToUpload + report.totals.unconfirmed == 0)
        try await expectRest()
    }

    @Test func editsThatNobodyHadSeenAreBroughtAcross() async throws {
        try town.mark(pairs[9], "absent")
        try await town.nextCycle()
        try backUp()
        town.time.advance(.hours(1))
        try town.mark(pairs[0], "absent")
        try await town.nextCycle()
        try lose()
        try town.mark(pairs[3], "tardy")
        try town.mark(pairs[9], "present")
        try town.teach(pairs[6], 4)
        try restore()
        try await town.nextCycle()
        #expect(try town.shown(pairs[3]) == 3)
        #expect(try town.shown(pairs[9]) == 1)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pairs[6]) == "absent/E")
        #expect(try open().isEmpty)
        try await expectRest()
    }

    /// The office marked and corrected: between the two the program had brought the mark to Schoology, which the
    /// backup doesn't know. Taken for a teacher's edit, it would undo the correction.
    @Test(arguments: ConflictPolicy.allCases) func theOfficesCorrectionIsNotUndone(policy: ConflictPolicy) async throws
    {
        let test = try await RestoreTests(policy: policy)
        try await test.theOfficesCorrectionIsNotUndone()
    }

    private func theOfficesCorrectionIsNotUndone() async throws {
        try backUp()
        town.time.advance(.hours(1))
        try town.mark(pairs[0], "absent")
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 2)
        try lose()
        try town.mark(pairs[0], "present")
        try restore()
        for _ in 0..<3 {
            try await town.nextCycle()
            #expect(try open().count == 1)
        }
        if town.dropBox.file != nil { try town.ingest() }
        #expect(try town.cleverSays(pairs[0]) == "present")
        #expect(try open().map(\.policy) == [RestoredBase.policy])
        try town.decide(.present)
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 1)
        try await expectRest()
        // From here on the base is this state's own.
        try await goRound(pairs[0], 3)
        #expect(try town.cleverSays(pairs[0]) == "tardy")
        #expect(try open().isEmpty)
        try await expectRest()
    }

    /// The same the other way round: a teacher's mark had come to Clever, and the teacher took it back.
    @Test(arguments: ConflictPolicy.allCases) func theTeachersCorrectionIsNotUndone(policy: ConflictPolicy) async throws
    {
        let test = try await RestoreTests(policy: policy)
        try await test.theTeachersCorrectionIsNotUndone()
    }

    private func theTeachersCorrectionIsNotUndone() async throws {
        try backUp()
        town.time.advance(.hours(1))
        try await goRound(pairs[0], 3)
        #expect(try town.cleverSays(pairs[0]) == "tardy")
        try lose()
        try town.teach(pairs[0], 1)
        try restore()
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 1)
        #expect(try open().count == 1)
        try town.decide(.present)
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pairs[0]) == "present")
        #expect(try town.shown(pairs[0]) == 1)
        try await expectRest()
    }

    /// A row that waited when the backup was made was taken, and then overtaken. Schoology can't be asked at first, so
    /// nothing but the restore keeps the row out of the file.
    @Test func aRowOfTheBackupIsNotSentAgain() async throws {
        try town.teach(pairs[0], 3)
        try await town.nextCycle()
        #expect(try town.totals.unconfirmed == 1)
        try backUp()
        town.time.advance(.hours(1))
        try town.ingest()
        try await town.nextCycle()
        try await goRound(pairs[0], 1)
        #expect(try town.cleverSays(pairs[0]) == "present")
        try lose()
        try restore()
        town.sandbox.add(Fault(.status(503), side: .schoology))
        try await town.nextCycle()
        town.sandbox.removeAllFaults()
        if town.dropBox.file != nil { try town.ingest() }
        try await town.nextCycle()
        #expect(try town.cleverSays(pairs[0]) == "present")
        #expect(try town.shown(pairs[0]) == 1)
        try await expectRest()
    }

    /// A write that waited when the backup was made was delivered, and the teacher's answer to it came to Clever.
    @Test func aWriteOfTheBackupIsNotSentAgainWhileCleverIsDown() async throws {
        town.sandbox.add(Fault(.itemCode(503, message: "busy", enrollments: [pairs[0].enrollment])))
        try town.mark(pairs[0], "absent")
        try await town.nextCycle()
        #expect(try town.totals.undelivered == 1)
        try backUp()
        town.sandbox.removeAllFaults()
        town.time.advance(.hours(1))
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 2)
        try await goRound(pairs[0], 3)
        try lose()
        town.sandbox.add(Fault(.status(503), side: .clever))
        try restore()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pairs[0]) == 3)
        town.sandbox.removeAllFaults()
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 3)
        #expect(try town.cleverSays(pairs[0]) == "tardy")
        try await expectRest()
    }

    @Test func theTrailIsWholeAndNoCycleNumberIsGivenTwice() async throws {
        try backUp()
        try town.mark(pairs[0], "absent")
        let before = try await town.nextCycle()
        try lose()
        try restore()
        try town.mark(pairs[3], "tardy")
        let after = try await town.nextCycle()
        #expect(after.cycle > before.cycle)
        guard case .whole = try town.reading({ try $0.verifyAuditTrail() }) else {
            Issue.record("the trail is broken")
            return
        }
    }
}
