import AttendanceCore
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// The safety valve, an operator's pause, and what a changed configuration means.
@Suite struct SafetyTests {
    /// 30 students in each of two schools, everything synced.
    private func town(
        settings change: @escaping (inout DistrictSettings) -> Void = { _ in }
    ) async throws -> Town {
        let town = try await Town.start(
            students: 60,
            settings: { settings in
                settings.direction = .both
                settings.clever.sftp = SFTPSettings()
                settings.safety.holdAboveCount = 10
                settings.safety.holdAbovePercent = 5
                change(&settings)
            })
        // Its first days are past both thresholds.
        try await town.cycle(.once)
        try town.approveHeld()
        try await town.cycle(.once)
        #expect(try town.totals.outbox == 0)
        town.events.clear()
        town.sandbox.clearRequests()
        return town
    }

    private func held(_ town: Town) throws -> [HeldBatch] { try town.reading { try $0.heldBatches(openOnly: true) } }

    private func somebodysMarks(_ town: Town, _ count: Int) -> [SandboxPair] {
        // Nobody twice, so that no school has the same for everyone.
        var students: Set<String> = []
        return town.secondary.filter { students.insert($0.cleverStudent).inserted }.prefix(count).map(\.self)
    }

    // MARK: The thresholds

    @Test func aBatchPastBothThresholdsIsNotWrittenAndOtherDaysAre() async throws {
        let town = try await town()
        let pairs = somebodysMarks(town, 12)
        for pair in pairs { try town.mark(pair, "tardy") }
        let yesterday = Town.today.adding(days: -1)
        try town.mark(pairs[0], "tardy", on: yesterday)
        let report = try await town.nextCycle()
        #expect(report.outcome == .incomplete)
        let held = try held(town)
        #expect(held.map(\.kind) == [.tooMany])
        #expect(held.first?.day?.description == Town.today.description)
        #expect(held.first?.side == .schoology)
        #expect(town.puts.count == 1)
        #expect(try town.shown(pairs[0], on: yesterday) == 3)
        for pair in pairs { #expect(try town.shown(pair) != 3) }
        let event = try #require(town.events.all(.valveHeld).first)
        #expect(event["repair"]?.contains("held show \(held[0].id)") == true)

        // It is not said again, and nothing else of the day goes before somebody has looked.
        try town.mark(somebodysMarks(town, 13)[12], "tardy")
        try await town.nextCycle()
        #expect(town.events.all(.valveHeld).count == 1)
        #expect(town.puts.count == 1)
        #expect(try self.held(town).map(\.changes) == [13])
    }

    @Test func whatAnOperatorApprovesIsWritten() async throws {
        let town = try await town()
        let pairs = somebodysMarks(town, 12)
        for pair in pairs { try town.mark(pair, "tardy") }
        try await town.nextCycle()
        try town.approveHeld()
        #expect(try await town.nextCycle().outcome == .done)
        for pair in pairs { #expect(try town.shown(pair) == 3) }
        let batch = try #require(try town.reading { try $0.heldBatches(openOnly: false) }.last)
        #expect(batch.state == .approved)
        #expect(batch.decidedBy == "anna")
        #expect(batch.changes == 12)
    }

    @Test func whatAnOperatorDiscardsIsNotProposedUntilThatSideChanges() async throws {
        let town = try await town()
        let pairs = somebodysMarks(town, 12)
        let before = try pairs.map { try town.shown($0) }
        for pair in pairs { try town.mark(pair, "tardy") }
        try await town.nextCycle()
        try town.writing { tx in
            for batch in try tx.heldBatches(openOnly: true) {
                try tx.discard(batch, by: "anna", reason: "a drill", now: town.time.now)
            }
        }
        for _ in 0..<2 { #expect(try await town.nextCycle().outcome == .done) }
        #expect(town.puts.isEmpty)
        #expect(try pairs.map { try town.shown($0) } == before)
        // The teachers' marks go on to Clever no more than before, and a new word of the office is a new change.
        #expect(town.dropBox.rows.isEmpty)
        try town.mark(pairs[0], "absent", code: "E")
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 4)
    }

    @Test func aBatchDissolvesWhenTheOfficeTakesItBack() async throws {
        let town = try await town()
        let pairs = somebodysMarks(town, 12).filter { try! town.shown($0) == 1 }
        for pair in pairs { try town.mark(pair, "tardy") }
        town.change { $0.safety.holdAboveCount = pairs.count - 1 }
        try await town.nextCycle()
        #expect(try held(town).count == 1)
        for pair in pairs { try town.mark(pair, "present") }
        try await town.nextCycle()
        #expect(try held(town).isEmpty)
        #expect(try town.totals.outbox == 0)
        #expect(town.puts.isEmpty)
    }

    @Test func aHeldMarkThatIsChangedOnceMoreStaysHeld() async throws {
        let town = try await town()
        let pairs = somebodysMarks(town, 12)
        for pair in pairs { try town.mark(pair, "tardy") }
        try await town.nextCycle()
        let before = try town.shown(pairs[0])
        try town.mark(pairs[0], "absent", code: "E")
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pairs[0]) == before)
        let batch = try #require(try held(town).first)
        #expect(try town.reading { try $0.writes(heldBy: batch.id) }.contains { $0.status == .excused })
    }

    @Test func rowsForCleverAreHeldToo() async throws {
        let town = try await town { $0.conflicts.protect = [] }
        let pairs = somebodysMarks(town, 12)
        for pair in pairs { try town.teach(pair, try town.shown(pair) == 3 ? 2 : 3) }
        let uploads = town.dropBox.uploads.count
        let report = try await town.nextCycle()
        #expect(report.outcome == .incomplete)
        #expect(try held(town).map(\.side) == [.clever])
        #expect(town.dropBox.uploads.count == uploads)
        try town.approveHeld()
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 12)
    }

    // MARK: One school

    @Test func aSchoolThatIsAllAbsentIsHeldAndTheOtherGoesOn() async throws {
        let town = try await town { $0.safety.holdAboveCount = 1000 }
        var seen: Set<String> = []
        let all = town.homerooms.filter { seen.insert($0.cleverStudent).inserted }
        #expect(all.count >= 20)
        for pair in all { try town.mark(pair, "absent", daily: true) }
        let other = try #require(town.secondary.first)
        try town.mark(other, "tardy")
        try await town.nextCycle()
        let batch = try #require(try held(town).first)
        #expect(batch.kind == .everyoneTheSame)
        #expect(batch.schoolCleverID != nil)
        #expect(try town.shown(other) == 3)
        #expect(try all.contains { try town.shown($0) != 2 })
        // One student is back: the school is still held, until somebody has looked.
        try town.mark(all[0], "present", daily: true)
        try await town.nextCycle()
        #expect(try held(town).count == 1)
    }

    /// Absent in one period and late in another is not what everybody gets by mistake.
    @Test func aSchoolWhereEverybodyHasTwoDifferentMarksGoesOn() async throws {
        let town = try await town {
            $0.safety.holdAboveCount = 1000
            $0.clever.lookback = .days(1)
        }
        for (student, pairs) in Dictionary(grouping: town.secondary, by: \.cleverStudent) {
            #expect(pairs.count >= 2, "\(student)")
            try town.mark(pairs[0], "absent")
            try town.mark(pairs[1], "tardy")
            for pair in pairs.dropFirst(2) { try town.mark(pair, "present") }
        }
        try await town.nextCycle()
        #expect(try held(town).isEmpty)
    }

    @Test func aSchoolThatComesBackEmptyFromSchoologyIsHeld() async throws {
        let town = try await town {
            $0.safety.holdAboveCount = 1000
            $0.conflicts.protect = []
        }
        let marked = try town.secondary.filter { try town.shown($0) != 1 }
        #expect(marked.count >= 2)
        for pair in marked { try town.teach(pair, 1) }
        let uploads = town.dropBox.uploads.count
        try await town.nextCycle()
        #expect(try held(town).map(\.kind) == [.emptied])
        #expect(town.dropBox.uploads.count == uploads)
    }

    // MARK: Everything

    @Test func aNewDistrictsFirstWritesCanBeOneBatch() async throws {
        let town = try await Town.start(settings: { $0.safety.firstCycle = .hold })
        #expect(try await town.cycle(.once).outcome == .incomplete)
        #expect(try held(town).map(\.kind) == [.firstCycle])
        #expect(town.puts.isEmpty)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        #expect(try held(town).count == 1)
        #expect(town.puts.isEmpty)
        try town.approveHeld()
        #expect(try await town.nextCycle().outcome == .done)
        #expect(town.rows == town.wanted)
        // From then on it is a district like any other.
        try town.mark(pair, "tardy")
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(pair) == 3)
    }

    @Test func aConfigurationThatChangesNothingIsAccepted() async throws {
        let town = try await town()
        town.change { $0.statusMap.tardy.codes["NEW"] = .excused }
        #expect(try await town.nextCycle().outcome == .done)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy", code: "NEW")
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(pair) == 4)
    }

    @Test func whatFollowsFromAChangedConfigurationIsOneBatchAndTakenBackWithIt() async throws {
        let town = try await town { $0.safety.holdAboveCount = 1000 }
        let map = town.settings.statusMap
        town.change {
            $0.statusMap.tardy.withoutCode = .absent
            $0.statusMap.toClever[.late] = StatusMap.CleverValue(status: .tardy, excuseCode: "L")
            $0.statusMap.tardy.codes["L"] = .late
        }
        try await town.nextCycle()
        let batch = try #require(try held(town).first)
        #expect(try held(town).map(\.kind) == [.configuration])
        #expect(batch.changes > 1)
        #expect(town.puts.isEmpty)
        town.change { $0.statusMap = map }
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try held(town).isEmpty)
        #expect(town.puts.isEmpty)
    }

    /// A wrong rule put right: everybody is matched again at once, and what waited for that is held with the rest.
    @Test func aChangedMatchingRuleMatchesAnewAndHoldsWhatFollows() async throws {
        let town = try await town { $0.safety.holdAboveCount = 1000 }
        let rules = town.settings.matching.students
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        town.change { $0.matching.students = [MatchingSettings.StudentRule(.stateID)] }
        try await town.nextCycle()
        #expect(try town.totals.unmatchedStudents > 50)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        town.change { $0.matching.students = rules }
        try await town.nextCycle()
        #expect(try town.totals.unmatchedStudents == 0)
        #expect(try held(town).map(\.kind) == [.configuration])
        #expect(town.puts.isEmpty)
        try town.approveHeld()
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(pair) == 2)
    }

    // MARK: An operator's pause

    @Test func aPausedDistrictIsReadAndNotWrittenUntilItsTimeIsOver() async throws {
        let town = try await town()
        let (office, teacher) = (town.secondary[0], town.secondary[1])
        try town.writing { tx in
            try tx.set(
                Pause(since: town.time.now, until: town.time.now + .hours(2), by: "anna", reason: "exams"))
        }
        try town.mark(office, try town.shown(office) == 3 ? "absent" : "tardy")
        let wanted = try town.shown(office) == 3 ? 2 : 3
        try town.teach(teacher, try town.shown(teacher) == 4 ? 2 : 4)
        let uploads = town.dropBox.uploads.count
        #expect(try await town.nextCycle().outcome == .incomplete)
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.count == uploads)
        #expect(town.events.all(.districtPaused).map { $0["by"] } == ["operator:anna"])
        town.time.advance(.hours(3))
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(office) == wanted)
        #expect(town.dropBox.uploads.count == uploads + 1)
        #expect(town.events.all(.districtPaused).last?["paused"] == "false")
    }

    /// A cycle during which an operator pauses the district, when it reads what `address` names.
    private func onceWhilePaused(_ town: Town, whenReading address: String) async throws {
        let wire = try Wire(
            time: town.time,
            fate: { [town] _, request in
                if request.method == .get, request.url.contains(address) {
                    try? town.writing { tx in
                        try tx.set(Pause(since: town.time.now, until: nil, by: "anna", reason: nil))
                    }
                }
                return .delivered
            })
        _ = await (try town.open(wire: wire)).runCycle(.once)
    }

    @Test func aPauseThatComesBetweenAReadingAndItsWriteIsKept() async throws {
        let town = try await town()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.mark(pair, "absent")
        town.time.advance(.minutes(5))
        try await onceWhilePaused(town, whenReading: "/attendance?start")
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 1)
        try town.writing { try $0.set(nil as Pause?) }
        #expect(try await town.nextCycle().outcome == .done)
        #expect(try town.shown(pair) == 2)
    }

    /// Simulated history 157420: the district was paused while Clever was asked about the row, and its file went all the same.
    @Test func aPauseThatComesWhileCleverIsAskedAboutARowIsKept() async throws {
        let town = try await town()
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        try town.teach(pair, 3)
        town.time.advance(.hours(1))
        let uploads = town.dropBox.uploads.count
        try await onceWhilePaused(town, whenReading: "/attendance/sections/")
        #expect(try town.reading { try $0.pause(now: town.time.now) } != nil, "Clever was not asked")
        #expect(town.dropBox.uploads.count == uploads)
        try town.writing { try $0.set(nil as Pause?) }
        #expect(try await town.nextCycle(.once).outcome == .done)
        #expect(town.dropBox.uploads.count == uploads + 1)
    }
}
