import AttendanceCore
import Testing

@Suite struct ReadPlanTests {
    private static let now = Timestamp("2026-03-12T15:00:00.000Z")!
    /// A Thursday.
    private static let today = Day("2026-03-12")!
    private static let interval = Span.minutes(15)

    private func section(
        _ id: Int64, read minutes: Int64? = 15, edited hours: Int64? = nil, meets: [Int]? = nil, triggered: Bool = false
    ) -> SectionToRead {
        SectionToRead(
            section: id, readAt: minutes.map { Self.now - .minutes($0) }, editedAt: hours.map { Self.now - .hours($0) },
            meetingDays: meets.map(WeekdaySet.init(schoologyDays:)), isTriggered: triggered)
    }

    private func order(_ sections: [SectionToRead]) -> [Int64] {
        ReadPlan.order(sections, today: Self.today, now: Self.now, interval: Self.interval).map(\.section)
    }

    @Test(arguments: [(nil, true), (0, false), (14, false), (15, true), (16, true), (-5, true)] as [(Int64?, Bool)])
    func aSectionIsDueAnIntervalAfterItsLastRead(read: Int64?, isDue: Bool) {
        #expect(ReadPlan.isDue(section(1, read: read), now: Self.now, interval: Self.interval) == isDue)
        #expect(ReadPlan.isDue(section(1, read: read, triggered: true), now: Self.now, interval: Self.interval))
    }

    @Test func triggersThenEditsThenTodaysMeetingsThenTheRest() {
        let rest = section(1, read: 20, meets: [1, 2])
        let today = section(2, meets: [4])
        let unknown = section(3)
        let edited = section(4, read: 16, edited: 2, meets: [1])
        let triggered = section(5, read: 1, triggered: true)
        #expect(order([rest, unknown, today, edited, triggered]) == [5, 4, 2, 3, 1])
    }

    @Test func anEditOfYesterdayIsNoReasonToHurry() {
        #expect(order([section(1, read: 15, edited: 24), section(2, read: 16)]) == [2, 1])
    }

    @Test func whatHasWaitedTooLongGoesFirstSoThatNoneIsLeftOut() {
        #expect(order([section(1, read: 15, edited: 1), section(2, read: 60, meets: [1])]) == [2, 1])
        // Where the rate limit never suffices, every section gets its turn.
        var sections = (1...10).map { section($0, read: 15, edited: $0 <= 3 ? 1 : nil) }
        var now = Self.now
        var reads: [Int64: Int] = [:]
        for _ in 0..<60 {
            now = now + Self.interval
            let due = sections.filter { ReadPlan.isDue($0, now: now, interval: Self.interval) }
            for read in ReadPlan.order(due, today: Self.today, now: now, interval: Self.interval).prefix(2) {
                reads[read.section, default: 0] += 1
                sections[sections.firstIndex { $0.section == read.section }!].readAt = now
                sections[sections.firstIndex { $0.section == read.section }!].editedAt = read.section <= 3 ? now : nil
            }
        }
        #expect(reads.count == 10)
        #expect((reads.values.min() ?? 0) >= 8)
    }

    @Test func theOrderIsTheSameHoweverTheyCome() {
        let sections = (1...30).map {
            section($0, read: $0 % 4 == 0 ? nil : 15 + $0 % 3, edited: $0 % 5 == 0 ? 1 : nil)
        }
        #expect(order(sections) == order(sections.reversed()))
    }

    @Test(arguments: [
        ("2026-03-08", 0), ("2026-03-12", 4), ("2026-03-14", 6), ("1970-01-01", 4), ("1969-12-28", 0),
        ("2000-02-29", 2),
    ])
    func aDayKnowsItsWeekday(day: String, weekday: Int) {
        #expect(Day(day)?.weekday == weekday)
    }

    @Test func saturdayIsSixOrSeven() {
        let saturday = Day("2026-03-14")!
        #expect(WeekdaySet(schoologyDays: [6]).contains(saturday))
        #expect(WeekdaySet(schoologyDays: [7]).contains(saturday))
        #expect(!WeekdaySet(schoologyDays: [0, 1, 2, 3, 4, 5, 8, -1, 99]).contains(saturday))
        #expect(WeekdaySet(schoologyDays: [0]).contains(Day("2026-03-08")!))
    }
}
