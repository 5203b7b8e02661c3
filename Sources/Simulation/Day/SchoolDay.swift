import AttendanceCore
import Foundation
import Sandbox
import SyncEngine
import SyncState
import Transport

/// A school day of one district, in which nothing fails: what each part of it asks of both sides, and how soon marks
/// arrive within the rate limits of both. The engine and its state are the real ones, the clock isn't, so a day passes in
/// minutes and what it shows is exact.
///
/// `@unchecked Sendable`: used by the one thread that calls `run`.
public final class SchoolDay: @unchecked Sendable {
    public struct Plan: Sendable {
        public var students = 10_000
        public var sectionsPerStudent = 7
        /// From a request to its answer.
        public var roundTrip = Span.milliseconds(100)
        /// How often a section of Schoology is read back; nil: as by default.
        public var readBack: Span?

        public init() {}
    }

    public struct Requests: Sendable {
        public var polls = 0
        public var pages = 0
        public var cleverRoster = 0
        public var reads = 0
        public var writes = 0
        /// PUTs that would have done, had each section's marks of this part all been there at once: 50 fit into one.
        public var fewestWrites = 0
        public var schoologyRoster = 0
        public var files = 0
        /// 429s, which are counted above as well.
        public var refused = 0
    }

    /// A part of the day.
    public struct Part: Sendable {
        public var name: String
        /// Until everything had arrived, or as long as it was to last.
        public var took: Span
        public var requests: Requests
        /// From when Clever said that it had synced to when Schoology had acknowledged each mark, shortest first.
        public var arrivals: [Span]
    }

    private static let start = Timestamp("2026-10-05T12:00:00.000Z")!

    private let plan: Plan
    private let time: SimulatedTime
    private let sandbox: LocalSandbox
    private let traffic: DayTraffic
    private let state: SyncState
    private let settings: DistrictSettings
    private let engine: DistrictEngine
    private let calendar: Calendar
    private let clock: Machine
    private var today: CalendarDay = "2026-10-05"
    private var isOver = false
    private var cyclesEnded = 0
    private let report: (Part) -> Void

    /// - Parameters:
    ///   - directory: for the state.
    ///   - report: is told of each part as it ends.
    /// - Throws: ``StateError``.
    public static func run(_ plan: Plan, directory: String, report: @escaping (Part) -> Void) throws {
        let day = try SchoolDay(plan, directory: directory, report)
        day.run()
    }

    private init(_ plan: Plan, directory: String, _ report: @escaping (Part) -> Void) throws {
        self.plan = plan
        self.report = report
        let time = SimulatedTime(Self.start)
        self.time = time
        var settings = DistrictSettings(name: "town", timezone: "UTC")
        settings.direction = .both
        settings.clever.sftp = SFTPSettings()
        if let readBack = plan.readBack { settings.schoology.pollInterval = readBack }
        var sandboxSettings = SandboxSettings(
            DistrictPlan(
                students: plan.students, sectionsPerStudent: plan.sectionsPerStudent, elementaryPercent: 0,
                today: today, days: settings.clever.lookback.wholeDays, oddities: .none))
        sandboxSettings.clock = SandboxClock { Instant(milliseconds: time.now.milliseconds) }
        sandbox = LocalSandbox(withoutSockets: sandboxSettings)
        settings.clever.baseURL = sandbox.cleverURL
        settings.clever.token = Secret(sandbox.settings.cleverToken)
        settings.schoology.baseURL = sandbox.schoologyURL
        settings.schoology.consumerKey = Secret(sandbox.settings.consumerKey)
        settings.schoology.consumerSecret = Secret(sandbox.settings.consumerSecret)
        // A whole district's first marks are more than the valve lets pass by itself, and nobody is there to approve them.
        settings.safety.holdAboveCount = .max
        let traffic = DayTraffic(sandbox, time, roundTrip: plan.roundTrip)
        self.traffic = traffic
        clock = Machine(time: time, poweredAt: time.now - .hours(1), clockError: .zero) {}
        state = try SyncState(directory: directory, district: "town", access: .exclusive)
        let calendar = Calendar()
        calendar.today = Day(today.description)!
        self.calendar = calendar
        self.settings = settings
        engine = DistrictEngine(
            settings: settings, state: state,
            world: World(
                clock: clock, transport: traffic,
                signer: SimulatedSigner(
                    sandbox, settings.schoology.signatureMethod, store: MemoryTimestampStore(), clock: clock,
                    nonces: SimulatedSigner.Nonces()),
                sftp: traffic, events: Deaf(), calendarDay: { _ in calendar.today }, overrides: { nil },
                random: { 0 }),
            executor: time)
    }

    /// The school's day, which the engine asks for from wherever it runs: the one thread there is.
    private final class Calendar: @unchecked Sendable {
        var today = Day(number: 0)
    }

    private struct Deaf: EventSink {
        func record(_ event: Event) {}
    }

    private func run() {
        time.start { [self] in await serve() }
        time.start { [self] in
            await live()
            isOver = true
        }
        _ = time.run(limit: .max) { isOver }
        time.clear()
        state.close()
    }

    /// As the daemon does.
    private func serve() async {
        var schedule = CycleSchedule(pollInterval: settings.clever.pollInterval, now: clock.uptime())
        while !isOver {
            let report = await engine.runCycle(schedule.begin(now: clock.uptime()))
            cyclesEnded += 1
            let untilMore = await engine.untilMore(after: report)
            await time.wait(max(schedule.next(untilMore: untilMore, now: clock.uptime()) - clock.uptime(), .zero))
        }
    }

    private func live() async {
        sandbox.forgetAttendanceSyncs()
        await part("rosters and their matching") {
            while cyclesEnded == 0 { await time.wait(.seconds(1)) }
        }
        await part("first scan of the whole lookback, everything written") {
            sandbox.finishAttendanceSync()
            await everythingArrives()
        }
        await part("an hour in which nothing changes") { await time.wait(.hours(1)) }
        await part("a mark corrected in the office, twelve times") {
            for (number, place) in presentPlaces(share: 100, of: 0).prefix(12).enumerated() {
                await sync([place], status: "absent")
                await everythingArrives()
                await time.wait(.minutes(Int64(3 + number % 5)) + .seconds(Int64(17 * number % 60)))
            }
        }
        await part("the marks of a period, seven times") {
            for period in 0..<7 {
                // Each meets the polls at another moment.
                let next = time.now + .minutes(50) + .seconds(43)
                await sync(presentPlaces(share: 8, of: period), status: "absent")
                await time.wait(max(next - time.now, .zero))
            }
            await everythingArrives()
        }
        today = today.adding(days: 1)
        calendar.today = Day(today.description)!
        await part("a new day, with all its marks at once", date: today.description) {
            sandbox.setToday(today)
            sandbox.finishAttendanceSync()
            await everythingArrives()
        }
    }

    private func part(_ name: String, date: String? = nil, _ body: () async -> Void) async {
        let began = time.now
        traffic.begin(date: date)
        await body()
        report(
            Part(
                name: name, took: time.now - began, requests: traffic.requests,
                arrivals: traffic.arrivals.sorted(by: <)))
    }

    /// Clever has these marks, and says so.
    private func sync(_ pairs: [SandboxPair], status: String) async {
        for pair in pairs {
            do {
                try sandbox.setCleverRecord(
                    student: pair.cleverStudent, section: pair.cleverSection, date: today, status: status)
            } catch {
                continue
            }
            traffic.awaited[.init(enrollment: pair.enrollment, date: today.description)] = time.now
        }
        sandbox.finishAttendanceSync()
    }

    /// Until a poll has seen what Clever has now, and nothing waits any more.
    private func everythingArrives() async {
        let target = sandbox.lastAttendanceSync?.milliseconds
        while true {
            let waiting = try? state.reading { tx in
                try tx.number(.watermark) == target ? tx.totals(now: clock.now()).undelivered : nil
            }
            if waiting == 0 { return }
            // Counting many takes its time as well.
            await time.wait((waiting ?? 0) > 500 ? .minutes(5) : .seconds(10))
        }
    }

    /// Of the seventh part of all sections that has that number, so many of a hundred who are present today.
    private func presentPlaces(share: Int, of period: Int) -> [SandboxPair] {
        let taken = Set(
            sandbox.cleverRecords(from: today, to: today).map { "\($0.student) \($0.section ?? "")" })
        var random = SplitMix64(seed: UInt64(period))
        return sandbox.pairs().filter { pair in
            pair.cleverSection.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 7 == period
                && random.below(100) < share && !taken.contains("\(pair.cleverStudent) \(pair.cleverSection)")
        }
    }
}
