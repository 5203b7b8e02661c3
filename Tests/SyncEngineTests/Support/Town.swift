import AttendanceCore
import Foundation
import SyncEngine
import SyncState
import Synchronization
import Testing
import Transport

@testable import Sandbox

/// A small district between a local Clever and a local Schoology, and the real engine with its state on disk.
///
/// 24 students: half in an elementary school with daily records, half in a secondary one with three periods each.
final class Town: Sendable {
    static let today: CalendarDay = "2026-03-12"
    static let start = Timestamp("2026-03-12T15:00:00.000Z")!

    let sandbox: LocalSandbox
    let time: TestTime
    let events = Recorder()
    /// Where `attendance.csv` goes.
    let dropBox = DropBox()
    let folder: URL
    /// Changed by tests before the engine is opened.
    private let current: Mutex<DistrictSettings>
    private let csv = Mutex<String?>(nil)
    private let signer: any RequestSigner

    static func start(
        students: Int = 24, elementaryPercent: Int = 50, days: Int = 4, oddities: DistrictPlan.Oddities = .none,
        seed: UInt64 = 1, sandbox configure: (inout SandboxSettings) -> Void = { _ in },
        settings change: (inout DistrictSettings) -> Void = { _ in }
    ) async throws -> Town {
        let plan = DistrictPlan(
            seed: seed, students: students, sectionsPerStudent: 3, elementaryPercent: elementaryPercent, today: today,
            days: days, oddities: oddities)
        let time = TestTime(start)
        var sandboxSettings = SandboxSettings(plan)
        sandboxSettings.clock = time.sandboxClock
        configure(&sandboxSettings)
        let town = Town(try await LocalSandbox.start(sandboxSettings), time)
        town.change { settings in
            settings.clever.lookback = .days(Int64(days))
            settings.clever.recentLookback = .days(2)
            change(&settings)
        }
        return town
    }

    private init(_ sandbox: LocalSandbox, _ time: TestTime) {
        self.sandbox = sandbox
        self.time = time
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString)")
        var settings = DistrictSettings(name: "town", timezone: "UTC")
        settings.direction = .toSchoology
        settings.clever.baseURL = sandbox.cleverURL
        settings.clever.token = Secret(sandbox.settings.cleverToken)
        settings.schoology.baseURL = sandbox.schoologyURL
        settings.schoology.consumerKey = Secret(sandbox.settings.consumerKey)
        settings.schoology.consumerSecret = Secret(sandbox.settings.consumerSecret)
        settings.schoology.rateLimit = RateLimit(
            credits: sandbox.settings.schoologyCredits,
            window: .milliseconds(sandbox.settings.schoologyWindowMilliseconds),
            readCost: sandbox.settings.schoologyReadCost, writeCost: sandbox.settings.schoologyWriteCost)
        current = Mutex(settings)
        signer = Self.signer(of: sandbox, time)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private static func signer(of sandbox: LocalSandbox, _ time: TestTime) -> any RequestSigner {
        let count = Mutex(0)
        return Signer(
            signer: OAuthSigner(
                consumerKey: sandbox.settings.consumerKey, consumerSecret: sandbox.settings.consumerSecret,
                method: .hmacSHA1, store: MemoryTimestampStore(), now: { time.now.seconds },
                randomNonce: {
                    count.withLock { count in
                        count += 1
                        return "n\(count)"
                    }
                }))
    }

    private struct Signer: RequestSigner {
        let signer: OAuthSigner

        func authorization(for request: HTTPRequest) throws -> HTTPHeader { try signer.authorization(for: request) }

        func learn(serverDate: String) { signer.learn(serverDate: serverDate) }
    }

    var settings: DistrictSettings { current.withLock { $0 } }

    func change(_ body: (inout DistrictSettings) -> Void) { current.withLock { body(&$0) } }

    /// The overrides file's text; nil: there is none.
    func setOverrides(_ text: String?) { csv.withLock { $0 = text } }

    // MARK: Engines

    /// An engine on the state in `directory`, the town's own unless another is named.
    func open(
        wire: Wire? = nil, directory: URL? = nil, delivery: DistrictEngine.Delivery = .everything
    ) throws -> DistrictEngine {
        try engine(openState(in: directory ?? folder), wire: wire, delivery)
    }

    /// What a process that is killed now leaves: the database and its log. The shared memory is made anew.
    func copyState(to grave: URL) {
        let files = FileManager.default
        #expect(throws: Never.self) {
            try files.createDirectory(at: grave, withIntermediateDirectories: true)
            for name in ["town.sqlite", "town.sqlite-wal"] {
                let source = folder.appendingPathComponent(name)
                guard files.fileExists(atPath: source.path) else { continue }
                try files.copyItem(at: source, to: grave.appendingPathComponent(name))
            }
        }
    }

    /// What the next cycle would do, worked out on a copy of the state.
    func rehearse(upload: Bool = true) async throws -> Rehearsal {
        let copy = try SyncState(copying: folder.path, district: "town")
        return await (try engine(copy, wire: Wire(time: time), .rehearsed)).rehearse(upload: upload)
    }

    private func engine(
        _ state: SyncState, wire: Wire?, _ delivery: DistrictEngine.Delivery
    ) throws -> DistrictEngine {
        let random = Mutex(SplitMix64(seed: 7))
        let world = World(
            clock: time.clock(), transport: try wire ?? Wire(time: time), signer: signer, sftp: dropBox, events: events,
            calendarDay: { $0.day },
            overrides: { [self] in try csv.withLock { $0 }.map { try OverridesFile(csv: $0) } },
            random: { random.withLock { $0.next() } })
        return DistrictEngine(
            settings: settings, state: state, world: world, executor: time.executor(), delivery: delivery)
    }

    /// Between fork and exec, a process that another test starts holds every descriptor of this one, so the lock of
    /// a state that was just closed may be taken for a moment.
    private func openState(in directory: URL) throws -> SyncState {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            do throws(StateError) {
                return try SyncState(directory: directory.path, district: "town", access: .exclusive)
            } catch {
                guard case .locked = error, ContinuousClock.now < deadline else { throw error }
                usleep(1000)
            }
        }
    }

    /// Opens the state, runs one cycle and closes it again.
    @discardableResult
    func cycle(_ kind: DistrictEngine.Kind = .scheduled, upload: Bool = false) async throws -> CycleReport {
        try await open().runCycle(kind, upload: upload)
    }

    /// Five minutes later.
    @discardableResult
    func nextCycle(_ kind: DistrictEngine.Kind = .once, upload: Bool = true) async throws -> CycleReport {
        time.advance(.minutes(5))
        return try await cycle(kind, upload: upload)
    }

    /// Writes to the state as a small command does.
    func writing<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        try SyncState(directory: folder.path, district: "town", access: .shared).transaction(body)
    }

    /// An operator decides the open conflict.
    func decide(_ status: Status, by name: String = "anna") throws {
        let conflict = try #require(try reading { try $0.conflicts(openOnly: true) }.first)
        try writing {
            try $0.resolve(
                conflict, status: status, direction: settings.direction, outcome: "operator: \(status)", by: name,
                reason: "phoned home", now: time.now)
        }
    }

    /// An operator lets every batch go that the safety valve holds.
    func approveHeld(by name: String = "anna") throws {
        try writing { tx in
            for batch in try tx.heldBatches(openOnly: true) {
                try tx.approve(batch, by: name, reason: "looked at it", now: time.now)
            }
        }
    }

    /// An operator drops the write that waits.
    func dropWrite() throws {
        try writing { tx in
            let item = try #require(try tx.outbox(deadOnly: false).first)
            try tx.dropOutboxItem(item, reason: "no", now: time.now)
        }
    }

    /// The audit trail of today's mark.
    func trail(_ pair: SandboxPair) throws -> [AuditLine] { try reading { try $0.auditTrail(key(of: pair, $0)) } }

    /// Today's mark, as the state has it.
    func key(of pair: SandboxPair, _ tx: Transaction) throws -> Key {
        let day = try #require(Day(Town.today.description))
        return try #require(try tx.key(student: pair.cleverStudent, section: pair.cleverSection, day: day))
    }

    // MARK: Back to Clever

    /// A synced town that works in both directions.
    static func bothWays(
        _ policy: ConflictPolicy = .clever, direction: Direction = .both,
        sandbox configure: (inout SandboxSettings) -> Void = { _ in },
        settings change: @escaping (inout DistrictSettings) -> Void = { _ in }
    ) async throws -> Town {
        let town = try await start(sandbox: configure) { settings in
            settings.direction = direction
            settings.conflicts.policy = policy
            settings.clever.sftp = SFTPSettings()
            change(&settings)
        }
        try await town.cycle(.once)
        town.events.clear()
        town.sandbox.clearRequests()
        return town
    }

    /// A teacher marks somebody in Schoology.
    func teach(_ pair: SandboxPair, _ status: Int, on day: CalendarDay = Town.today) throws {
        if status == 1 {
            try sandbox.clearSchoologyMark(enrollment: pair.enrollment, date: day)
        } else {
            try sandbox.setSchoologyMark(enrollment: pair.enrollment, date: day, status: status)
        }
    }

    /// Clever takes the file as it is now.
    @discardableResult
    func ingest() throws -> IngestionReport {
        let report = sandbox.ingest(csv: try #require(dropBox.file))
        #expect(report.rejected == [])
        return report
    }

    /// What Clever says of somebody, as `status` or `status/code`.
    func cleverSays(_ pair: SandboxPair, on day: CalendarDay = Town.today, daily: Bool = false) throws -> String {
        let record = try sandbox.cleverRecord(
            student: pair.cleverStudent, section: daily ? nil : pair.cleverSection, date: day)
        guard let record else { return "nothing" }
        return record.status + (record.excuseCode.map { "/\($0)" } ?? "")
    }

    var totals: StateTotals { get throws { try reading { try $0.totals(now: time.now) } } }

    /// Reads the state that no engine holds.
    func reading<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        try SyncState(directory: folder.path, district: "town", access: .readOnly).reading(body)
    }

    // MARK: Clever

    /// Clever gets a mark and says so with its next poll.
    func mark(
        _ pair: SandboxPair, _ status: String, code: String? = nil, on day: CalendarDay = Town.today,
        daily: Bool = false
    ) throws {
        try sandbox.setCleverRecord(
            student: pair.cleverStudent, section: daily ? nil : pair.cleverSection, date: day, status: status,
            excuseCode: code)
        sandbox.finishAttendanceSync()
    }

    // MARK: Schoology

    func shown(_ pair: SandboxPair, on day: CalendarDay = Town.today) throws -> Int {
        try sandbox.schoologyMark(enrollment: pair.enrollment, date: day)?.status ?? 1
    }

    /// Every row that isn't present: `enrollment date` to status.
    var rows: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: sandbox.schoologyMarks().map { ("\($0.enrollment) \($0.date)", $0.status) })
    }

    /// Where Schoology shows something else, short enough to read.
    func differences(from wanted: [String: Int]) -> [String] {
        let rows = rows
        return Set(rows.keys).union(wanted.keys).filter { rows[$0] != wanted[$0] }.sorted()
            .map { "\($0): \(rows[$0] ?? 1) instead of \(wanted[$0] ?? 1)" }
    }

    var puts: [RequestRecord] { sandbox.requests.filter { $0.method == "PUT" } }

    var cleverRequests: [RequestRecord] { sandbox.requests.filter { $0.side == .clever } }

    /// Students of the secondary school, whose marks are by section.
    var secondary: [SandboxPair] { pairs(.secondary) }

    /// Students of the elementary school in their homeroom.
    var homerooms: [SandboxPair] {
        pairs(.elementary).filter { pair in
            sandbox.core.withWorld { world in
                world.district.index(.section, pair.cleverSection).map {
                    world.district.sections[$0].subject == "homeroom/advisory"
                } ?? false
            }
        }
    }

    private func pairs(_ level: CleverSchool.Level) -> [SandboxPair] {
        sandbox.pairs().filter { pair in
            sandbox.core.withWorld { world in
                world.district.index(.student, pair.cleverStudent).map {
                    world.district.schools[Int(world.district.students[$0].school)].level == level
                } ?? false
            }
        }
    }

    /// What Schoology should show by the documented status map, worked out from what Clever serves alone.
    var wanted: [String: Int] {
        var wanted: [String: Int] = [:]
        let first = Town.today.adding(days: 1 - sandbox.settings.plan.days)
        let records = sandbox.cleverRecords(from: first, to: Town.today, includingPresent: true)
        let homerooms = Dictionary(grouping: homerooms, by: \.cleverStudent)
        let pairs = Dictionary(
            uniqueKeysWithValues: sandbox.pairs().map { (["\($0.cleverStudent)", $0.cleverSection], $0) })
        // Daily records first, so that a section's own record takes their place.
        for record in records.sorted(by: { ($0.section == nil ? 0 : 1) < ($1.section == nil ? 0 : 1) }) {
            let pair: SandboxPair?
            if let section = record.section {
                pair = pairs[[record.student, section]]
            } else {
                pair = homerooms[record.student]?.first
            }
            guard let pair else { continue }
            let status =
                switch (record.status, record.excuseCode) {
                case ("absent", "E"), ("absent", "MED"): 4
                case ("absent", _): 2
                case ("tardy", _): 3
                default: 1
                }
            wanted["\(pair.enrollment) \(record.date)"] = status == 1 ? nil : status
        }
        return wanted
    }
}
