import AttendanceCore
import SyncEngine
import SyncState
import Testing

@testable import Sandbox

/// Going over attendance dates that an operator names.
@Suite struct BackfillTests {
    /// Eight days of marks, of which the lookback covers two.
    private func town() async throws -> Town {
        let town = try await Town.start(
            days: 8,
            settings: { settings in
                settings.direction = .both
                settings.clever.sftp = SFTPSettings()
                settings.clever.lookback = .days(2)
                settings.clever.recentLookback = .days(1)
            })
        try await town.cycle(.once)
        town.sandbox.clearRequests()
        return town
    }

    private var today: Day { Day(Town.today.description)! }

    private func request(_ days: ClosedRange<Day>, _ town: Town) throws {
        _ = try town.writing { try $0.requestBackfill(days, by: "anna", now: town.time.now) }
    }

    @Test func bothSidesAreTheSameForThoseDates() async throws {
        let town = try await town()
        let pair = try #require(town.secondary.first { (try? town.shown($0, on: Town.today.adding(days: -5))) == 1 })
        try town.teach(pair, 3, on: Town.today.adding(days: -5))
        let teacherWins = try town.cleverSays(pair, on: Town.today.adding(days: -5)) == "nothing"
        let watermark = try town.reading { try $0.number(.watermark) }
        #expect(town.differences(from: town.wanted).count > 5)
        try request((today - 7)...(today - 2), town)
        let report = try await town.cycle(.backfill)
        #expect(report.outcome == .done)
        #expect(try town.reading { try $0.openBackfill() } == nil)
        #expect(try town.reading { try $0.number(.watermark) } == watermark)
        // But for the teacher's mark, which nobody in the office had an opinion of.
        let differences = town.differences(from: town.wanted)
        #expect(differences.count == (teacherWins ? 1 : 0))
        #expect(town.dropBox.rows.count == (teacherWins ? 1 : 0))
        // Clever's pages of those days alone, each school once a day; each section once.
        let days = Set(
            town.cleverRequests.compactMap { request in
                request.target.split(separator: "=").last { $0.hasPrefix("2026") }.map { String($0.prefix(10)) }
            })
        #expect(!days.contains(Town.today.description))
        let reads = town.sandbox.requests.filter { $0.method == "GET" && $0.path.hasSuffix("/attendance") }
        #expect(reads.count == Set(reads.map(\.path)).count)

        town.sandbox.clearRequests()
        #expect(try await town.nextCycle().outcome == .done)
        #expect(town.puts.isEmpty)
    }

    /// Simulated history 83368: the file of a backfill carried a row that waited for Clever, and went over what the office
    /// had said of it since the last poll.
    @Test func whatTheOfficeSaidSinceTheLastPollIsNotOverwrittenByItsFile() async throws {
        let town = try await town()
        let pairs = try town.secondary.filter { try town.shown($0) == 1 }
        let recent = try #require(pairs.first)
        let past = try #require(pairs.first { $0.cleverSection != recent.cleverSection })
        let day = Town.today.adding(days: -5)
        try town.mark(recent, "present")
        try town.mark(past, "present", on: day)
        try await town.nextCycle(.once)
        try town.teach(recent, 3)
        try await town.nextCycle(.once)
        #expect(town.dropBox.rows.count == 1)
        try town.mark(recent, "absent", code: "E")
        try town.teach(past, 3, on: day)
        try request((today - 7)...(today - 2), town)
        town.time.advance(.hours(1))
        try await town.nextCycle(.backfill)
        try town.ingest()
        #expect(try town.cleverSays(recent) == "absent/E")
        #expect(try town.cleverSays(past, on: day) == "tardy")
    }

    @Test func anInterruptedBackfillGoesOnWhereItStopped() async throws {
        let town = try await town()
        try request((today - 7)...(today - 2), town)
        let path = "/v3.1/attendance/*?*date_range_start=\(today - 5)*"
        town.sandbox.add(Fault(.status(503), side: .clever, path: path))
        #expect(try await town.cycle(.backfill).outcome == .failed)
        let open = try #require(try town.reading { try $0.openBackfill() })
        #expect(open.daysRead == 3)
        #expect(open.next == today - 5)
        town.sandbox.removeAllFaults()
        town.sandbox.clearRequests()
        #expect(try await town.cycle(.backfill).outcome == .done)
        #expect(!town.cleverRequests.contains { $0.target.contains("date_range_start=\(today - 4)") })
        #expect(town.rows == town.wanted)
    }

    @Test func theDaemonPollsInBetween() async throws {
        let town = try await town()
        try request((today - 7)...(today - 2), town)
        let engine = try town.open()
        var schedule = CycleSchedule(pollInterval: town.settings.clever.pollInterval, now: town.time.uptime)
        let report = await engine.runCycle(schedule.begin(now: town.time.uptime))
        #expect(await engine.untilMore(after: report) == .zero)
        #expect(await engine.hasBackfill())
    }

    @Test func pastTheThresholdsItIsHeldLikeAnythingElse() async throws {
        let town = try await town()
        town.change {
            $0.safety.holdAboveCount = 0
            $0.safety.holdAbovePercent = 0
        }
        try request((today - 7)...(today - 2), town)
        #expect(try await town.cycle(.backfill).outcome == .incomplete)
        #expect(town.puts.isEmpty)
        #expect(try town.reading { try $0.heldBatches(openOnly: true) }.count >= 4)
        try town.approveHeld()
        #expect(try await town.nextCycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }
}
