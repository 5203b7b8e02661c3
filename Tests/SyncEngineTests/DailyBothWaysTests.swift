import AttendanceCore
import SyncEngine
import Testing
import Transport

@testable import Sandbox
@testable import SyncState

/// A teacher's change of a mark that came from a daily record goes back as a daily row.
@Suite struct DailyBothWaysTests {
    private func row(
        _ town: Town, _ pair: SandboxPair, _ status: String, code: String = "", record: CleverRecord?,
        daily: Bool = true
    ) throws -> String {
        let ids = try town.sandbox.sisIDs(student: pair.cleverStudent, section: pair.cleverSection)
        return [
            ids.student, ids.school, daily ? "" : ids.section ?? "", Town.today.description,
            daily ? "daily" : "section", status, code, record?.sisID ?? "",
        ].joined(separator: ",")
    }

    private func daily(_ town: Town, _ pair: SandboxPair) throws -> CleverRecord? {
        try town.sandbox.cleverRecord(student: pair.cleverStudent, section: nil, date: Town.today)
    }

    @Test(arguments: ["absent", "present"])
    func aHomeroomMarkGoesBackAsADailyRow(office: String) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, office, daily: true)
        try await town.nextCycle()
        let record = try #require(try daily(town, pair))
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows == [try row(town, pair, "tardy", record: record)])
        #expect(try town.ingest().changed == 1)
        let report = try await town.nextCycle()
        #expect(report.counts.confirmed == 1)
        #expect(try town.cleverSays(pair, daily: true) == "tardy")
        #expect(try town.shown(pair) == 3)
        #expect(try town.totals.outbox == 0)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    @Test func aSectionsOwnRecordGoesBackAsASectionRowBesideADailyOne() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "absent", daily: true)
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
        let record = try town.sandbox.cleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: Town.today)
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(town.dropBox.rows == [try row(town, pair, "present", record: record, daily: false)])
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair, daily: true) == "absent")
        #expect(try town.shown(pair) == 1)
        #expect(try town.totals.outbox == 0)
    }

    /// Somebody whose daily record counts in each of three sections, and says absent.
    private func absentInAllSections(
        _ policy: ConflictPolicy = .clever
    ) async throws -> (town: Town, pairs: [SandboxPair]) {
        let town = try await Town.bothWays(policy, settings: { $0.clever.daily = .allSections })
        let student = try #require(town.homerooms.first).cleverStudent
        let pairs = town.sandbox.pairs().filter { $0.cleverStudent == student }
        #expect(pairs.count == 3)
        try town.mark(pairs[0], "absent", daily: true)
        try await town.nextCycle()
        return (town, pairs)
    }

    @Test func withAllSectionsOneTeachersChangeReachesTheOthers() async throws {
        let (town, pairs) = try await absentInAllSections(.schoology)
        #expect(try pairs.allSatisfy { try town.shown($0) == 2 })
        try town.teach(pairs[1], 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        for _ in 0..<3 {
            try town.ingest()
            try await town.nextCycle()
        }
        #expect(try pairs.map { try town.shown($0) } == [3, 3, 3])
        #expect(try town.totals.outbox == 0)
    }

    @Test func ofTwoTeachersChangesOfOneDailyRecordTheLaterGoesAndTheOtherIsAConflict() async throws {
        let (town, pairs) = try await absentInAllSections()
        try town.teach(pairs[1], 3)
        try await town.nextCycle()
        try town.teach(pairs[2], 4)
        try await town.nextCycle()
        #expect(town.dropBox.rows.map { $0.contains(",absent,E,") } == [true])
        for _ in 0..<3 {
            try town.ingest()
            try await town.nextCycle()
        }
        #expect(try pairs.map { try town.shown($0) } == [4, 4, 4])
        #expect(try town.reading { try $0.conflicts(openOnly: false) }.count == 1)
        #expect(try town.totals.outbox == 0)
    }

    @Test func theOneOfTwoChangesThatTheFileLeavesOutCallsForNoOtherUpload() async throws {
        let (town, pairs) = try await absentInAllSections()
        try town.teach(pairs[1], 3)
        try town.teach(pairs[2], 4)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        #expect(try town.totals.outbox == 2)
        #expect(try town.totals.rowsToUpload == 0)
        #expect(await (try town.open()).untilUpload() == nil)
    }

    /// A lookup of the day shows the records of the student's other sections, too.
    @Test func anotherSectionsRecordIsNotTheOneThatTheRowReplaces() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.homerooms.first)
        let other = try #require(
            town.sandbox.pairs().first {
                $0.cleverStudent == pair.cleverStudent && $0.cleverSection != pair.cleverSection
            })
        try town.mark(pair, "present", daily: true)
        try town.mark(other, "absent")
        try await town.nextCycle()
        let record = try #require(try daily(town, pair))
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows == [try row(town, pair, "tardy", record: record)])
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    @Test func aDailyRowNeedsNoIdOfItsSection() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "absent", daily: true)
        try await town.nextCycle()
        let record = try #require(try daily(town, pair))
        try town.writing { try $0.run("UPDATE section SET sis_id = NULL") }
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows == [try row(town, pair, "tardy", record: record)])
    }

    @Test func withNoneATeachersMarkIsTheSectionsOwn() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.daily = .none })
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "absent", daily: true)
        try await town.nextCycle()
        #expect(try town.shown(pair) == 1)
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows == [try row(town, pair, "tardy", record: nil, daily: false)])
    }

    /// Schoology can't say it: its late stays what both agreed on.
    @Test func anExcusedTardyAndAnotherCodeOfTheSameMeaningChangeNothing() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        town.sandbox.clearRequests()
        try town.mark(pair, "tardy", code: "E")
        try await town.nextCycle()
        try town.mark(pair, "tardy", code: "BUS")
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.cleverSays(pair) == "tardy/BUS")
        #expect(try town.shown(pair) == 3)
    }

    @Test func lateOverAbsentAndACorrectionDaysLaterGoBack() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let day = Town.today.adding(days: -3)
        try town.mark(pair, "absent", on: day)
        try await town.nextCycle()
        #expect(try town.shown(pair, on: day) == 2)
        try town.teach(pair, 3, on: day)
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair, on: day) == "tardy")
        #expect(try town.totals.outbox == 0)
    }

    @Test func whatTheRosterHasNoIdForIsADeadLetterThatSaysSo() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try town.teach(pair, 3)
        try town.writing { tx in
            try tx.store(
                RosterStudent(cleverID: pair.cleverStudent, sisID: nil, studentNumber: nil, stateID: nil),
                generation: try #require(try tx.number(.rosterGeneration)))
        }
        let report = try await town.nextCycle()
        #expect(report.totals.dead == 1)
        #expect(town.dropBox.uploads.isEmpty)
        #expect(town.events.all(.outboxDead).map { $0["message"] } == ["Clever's roster has no sis_id for the student"])
    }
}
