import AttendanceCore
import SyncEngine
import SyncState
import Testing

@Suite struct CycleScheduleTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    @Test func polledOnceAnIntervalAndReadBackBetween() {
        var schedule = CycleSchedule(pollInterval: .minutes(5), now: Self.start)
        #expect(schedule.begin(now: Self.start) == .scheduled)
        #expect(schedule.next(untilMore: nil, now: Self.start + .seconds(20)) == Self.start + .minutes(5))
        let readBack = schedule.next(untilMore: .minutes(2), now: Self.start + .seconds(20))
        #expect(readBack == Self.start + .seconds(140))
        #expect(schedule.begin(now: readBack) == .readBack)
        // The poll's time doesn't move with what comes between.
        #expect(schedule.next(untilMore: .hours(1), now: readBack) == Self.start + .minutes(5))
        #expect(schedule.begin(now: Self.start + .minutes(5)) == .scheduled)
        #expect(schedule.next(untilMore: nil, now: Self.start + .minutes(5)) == Self.start + .minutes(10))
    }

    @Test func cyclesAreASecondApartWhateverIsDue() {
        var schedule = CycleSchedule(pollInterval: .minutes(5), now: Self.start)
        _ = schedule.begin(now: Self.start)
        #expect(schedule.next(untilMore: .zero, now: Self.start) == Self.start + .seconds(1))
        let trigger = schedule.next(afterTriggerAt: Self.start, before: Self.start + .minutes(5))
        #expect(trigger >= Self.start + .seconds(1))
        #expect(
            schedule.next(afterTriggerAt: Self.start + .minutes(4), before: Self.start + .minutes(3)) == Self.start
                + .minutes(3))
    }

    /// Else a failure that costs nothing to meet, such as a full disk, would be met each second.
    @Test func afterAFailureTheNextPollTriesAgain() async throws {
        let town = try await Town.bothWays()
        let engine = try town.open()
        var report = await engine.runCycle(.scheduled)
        #expect(await engine.untilMore(after: report) != nil)
        report.stateError = .diskFull(path: "state")
        #expect(await engine.untilMore(after: report) == nil)
        report.stateError = nil
        report.failures = [.malformed(.schoology, detail: "no JSON")]
        #expect(await engine.untilMore(after: report) == nil)
    }
}
