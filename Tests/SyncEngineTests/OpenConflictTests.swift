import AttendanceCore
import SyncEngine
import SyncState
import Testing
import Transport

@testable import Sandbox

/// Conflicts in both directions: what each policy does, and what an operator decides.
@Suite struct OpenConflictTests {
    /// A town in which Clever says absent and a teacher says late, of a mark that was present.
    private func conflict(
        _ policy: ConflictPolicy, direction: Direction = .both, clever: String = "absent", code: String? = nil,
        teacher: Int = 3, change: @escaping (inout DistrictSettings) -> Void = { _ in }
    ) async throws -> (Town, SandboxPair) {
        let town = try await Town.bothWays(policy, direction: direction, settings: change)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        town.sandbox.clearRequests()
        town.events.clear()
        try town.mark(pair, clever, code: code)
        try town.teach(pair, teacher)
        try await town.nextCycle()
        return (town, pair)
    }

    private func open(_ town: Town) throws -> [StoredConflict] { try town.reading { try $0.conflicts(openOnly: true) } }

    /// Lets Clever take what there is, and everything settle.
    private func settle(_ town: Town) async throws {
        for _ in 0..<3 {
            if town.dropBox.file != nil { _ = town.sandbox.ingest(csv: try #require(town.dropBox.file)) }
            try await town.nextCycle()
        }
        #expect(try town.totals.outbox == 0)
        #expect(try town.totals.openConflicts == 0)
        town.sandbox.clearRequests()
        let uploads = town.dropBox.uploads.count
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.count == uploads)
    }

    @Test func cleverWinsByItsPolicy() async throws {
        let (town, pair) = try await conflict(.clever)
        #expect(try town.shown(pair) == 2)
        #expect(town.dropBox.uploads.isEmpty)
        #expect(town.events.all(.conflictResolved).count == 1)
        try await settle(town)
        #expect(try town.cleverSays(pair) == "absent")
    }

    @Test func schoologyWinsByItsPolicy() async throws {
        let (town, pair) = try await conflict(.schoology)
        #expect(try town.shown(pair) == 3)
        #expect(town.dropBox.rows.count == 1)
        try await settle(town)
        #expect(try town.cleverSays(pair) == "tardy")
    }

    @Test func anExcusedAbsenceOfTheOfficeIsNotDowngraded() async throws {
        let (town, pair) = try await conflict(.schoology, code: "MED")
        #expect(try town.shown(pair) == 4)
        try await settle(town)
        #expect(try town.cleverSays(pair) == "absent/MED")
        // Nor by a teacher alone, later: that is logged, and put back.
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
        #expect(try town.reading { try $0.conflicts(openOnly: false) }.count == 2)
        // And once more: the one before was over when the mark had been put back.
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
        #expect(try town.reading { try $0.conflicts(openOnly: false) }.count == 3)
    }

    @Test func aWriteThatReadingBackCallsForIsTriedAgainInTheSameCycle() async throws {
        let (town, pair) = try await conflict(.schoology, code: "MED")
        #expect(try town.shown(pair) == 4)
        try town.teach(pair, 3)
        town.sandbox.add(Fault(.itemCode(503, enrollments: [pair.enrollment]), side: .schoology, count: 1))
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(pair) == 4)
    }

    @Test func aHeldConflictWritesNothingAndBlocksNothingElse() async throws {
        let (town, pair) = try await conflict(.hold)
        #expect(try town.shown(pair) == 3)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try open(town).count == 1)
        let classmate = try #require(
            town.secondary.first {
                $0.schoologySection == pair.schoologySection && $0.cleverStudent != pair.cleverStudent
            })
        try town.mark(classmate, "absent", code: "E")
        try await town.nextCycle()
        #expect(try town.shown(classmate) == 4)
        #expect(try town.shown(pair) == 3)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(town.events.all(.conflictDetected).count == 1)
    }

    @Test(arguments: Status.allCases)
    func whatAnOperatorDecidesArrivesOnBothSides(status: Status) async throws {
        let (town, pair) = try await conflict(.hold)
        try town.decide(status)
        try await town.nextCycle()
        try await settle(town)
        #expect(try town.shown(pair) == status.rawValue)
        let clever = [Status.present: "present", .absent: "absent", .late: "tardy", .excused: "absent/E"]
        #expect(try town.cleverSays(pair) == clever[status])
        let line = try #require(try town.reading { try $0.conflicts(openOnly: false) }.first)
        #expect(line.resolvedBy == "operator:anna")
        #expect(line.reason == "phoned home")
        #expect(try town.reading { try $0.conflicts(openOnly: false) }.count == 1)
    }

    @Test(arguments: Status.allCases)
    func anOperatorsWordGoesBeforeProtect(status: Status) async throws {
        let (town, pair) = try await conflict(.hold, code: "MED")
        try town.decide(status)
        try await town.nextCycle()
        try await settle(town)
        #expect(try town.shown(pair) == status.rawValue)
    }

    @Test(arguments: Status.allCases, [Direction.toSchoology, .toClever])
    func anOperatorsWordStandsWhereOneSideIsNotWritten(status: Status, direction: Direction) async throws {
        let (town, pair) = try await conflict(.hold, direction: direction)
        try town.decide(status)
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try open(town).isEmpty)
        if direction == .toSchoology {
            #expect(try town.shown(pair) == status.rawValue)
            #expect(try town.cleverSays(pair) == "absent")
        } else {
            #expect(try town.shown(pair) == 3)
            #expect(town.puts.isEmpty)
            for _ in 0..<2 where status != .absent {
                try town.ingest()
                try await town.nextCycle()
            }
            #expect(
                try town.cleverSays(pair).hasPrefix(
                    status == .late ? "tardy" : status == .present ? "present" : "absent"))
        }
        #expect(try open(town).isEmpty)
    }

    /// Where nothing is written to Clever, what it says is refused for as long as it says it.
    @Test func whatWasRefusedIsAChangeWhenItComesAgain() async throws {
        let (town, pair) = try await conflict(.hold, direction: .toSchoology)
        try town.decide(.present)
        try await town.nextCycle()
        #expect(try town.shown(pair) == 1)
        town.sandbox.clearRequests()
        try town.mark(pair, "absent", code: "X9")
        #expect(try await town.nextCycle().counts.decided == 0)
        #expect(town.puts.isEmpty)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
    }

    @Test func aDecisionEndsWhenASideMovesOn() async throws {
        let (town, pair) = try await conflict(.hold)
        try town.decide(.absent)
        try town.teach(pair, 4)
        try await town.nextCycle()
        // The teacher has meanwhile said something else: that is decided anew.
        #expect(try town.shown(pair) == 4)
        #expect(try open(town).map(\.schoology) == [.excused])
    }

    @Test func anOpenConflictIsBroughtUpToDateOrDissolves() async throws {
        let (town, pair) = try await conflict(.hold)
        let id = try #require(try open(town).first).id
        try town.teach(pair, 4)
        try await town.nextCycle()
        #expect(try open(town).map(\.id) == [id])
        #expect(try open(town).map(\.schoology) == [.excused])
        try town.mark(pair, "absent", code: "MED")
        try await town.nextCycle()
        #expect(try open(town).isEmpty)
        #expect(try town.reading { try $0.conflict(id: id) }?.state == .dissolved)
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.isEmpty)
    }

    @Test(arguments: [true, false])
    func anOpenConflictDissolvesWhenOneSideGoesBack(isClever: Bool) async throws {
        let (town, pair) = try await conflict(.hold)
        if isClever { try town.mark(pair, "present") } else { try town.teach(pair, 1) }
        try await town.nextCycle()
        try await settle(town)
        #expect(try town.shown(pair) == (isClever ? 3 : 2))
        #expect(try town.cleverSays(pair) == (isClever ? "tardy" : "absent"))
    }

    /// The row was uploaded, and then the office changed the mark: Clever may still take the row.
    @Test(arguments: [ConflictPolicy.clever, .schoology, .hold], [true, false])
    func anOfficeEditBehindAnUploadedRowIsAConflict(policy: ConflictPolicy, isTaken: Bool) async throws {
        let town = try await Town.bothWays(policy)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        let first = try #require(town.dropBox.file)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.reading { try $0.conflicts(openOnly: false) }.count == 1)
        if isTaken { _ = town.sandbox.ingest(csv: first) }
        for _ in 0..<3 {
            try town.ingest()
            try await town.nextCycle()
        }
        switch policy {
        case .clever, .newest:
            #expect(try town.shown(pair) == 2)
            #expect(try town.cleverSays(pair) == "absent")
        case .schoology:
            #expect(try town.shown(pair) == 3)
            #expect(try town.cleverSays(pair) == "tardy")
        case .hold:
            #expect(try town.shown(pair) == 3)
        }
        #expect(try town.totals.outbox == 0)
        #expect(town.dropBox.rows.allSatisfy { policy == .schoology || !$0.contains("tardy") })
    }

    @Test(arguments: [("absent", "MED", "absent,MED"), ("tardy", "E", "tardy,E"), ("absent", "X9", "absent,X9")])
    func aRowThatPutsCleversMarkBackKeepsItsCode(status: String, code: String, row: String) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, status == "tardy" ? 2 : 3)
        try await town.nextCycle()
        try town.mark(pair, status, code: code)
        try await town.nextCycle()
        #expect(town.dropBox.rows.map { $0.contains(",section,\(row),") } == [true])
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "\(status)/\(code)")
        #expect(try town.totals.outbox == 0)
    }

    @Test(arguments: [true, false])
    func newestTakesTheTimeThatATriggerTold(isTeacherLater: Bool) async throws {
        let town = try await Town.bothWays(.newest)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        town.time.advance(.minutes(5))
        let edited = isTeacherLater ? town.time.now + .minutes(2) : town.time.now - .minutes(2)
        try town.mark(pair, "absent")
        town.time.advance(.minutes(4))
        try town.teach(pair, 3)
        _ = try town.writing {
            try $0.note(
                [
                    TriggerNotice(
                        schoologySection: Int64(pair.schoologySection)!, enrollment: Int64(pair.enrollment)!,
                        day: Day("2026-03-12"), editedAt: edited)
                ], now: town.time.now)
        }
        // The read comes later than both edits.
        try await town.nextCycle()
        #expect(try town.shown(pair) == (isTeacherLater ? 3 : 2))
    }

    @Test func aForgedTimeCountsOnlyBetweenTheLastReadAndTheTriggersArrival() async throws {
        let town = try await Town.bothWays(.newest)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        town.time.advance(.minutes(5))
        try town.teach(pair, 3)
        _ = try town.writing {
            try $0.note(
                [
                    TriggerNotice(
                        schoologySection: Int64(pair.schoologySection)!, enrollment: Int64(pair.enrollment)!,
                        day: Day("2026-03-12"), editedAt: town.time.now + .days(300))
                ], now: town.time.now)
        }
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
    }
}
