import AttendanceCore
import CleverAPI
import SchoologyAPI
import SyncState
import Transport

/// Keeps one district the same on both sides: runs its cycles, one at a time.
///
/// The decisions are `AttendanceCore`'s, each step is one transaction of the state, and everything else comes in
/// through ``World``. All of it runs on one serial executor, so between two awaits nothing else happens.
public actor DistrictEngine {
    public enum Kind: String, Sendable {
        /// The whole lookback, whatever was scanned today; next-attempt times are ignored.
        case once
        /// What is due.
        case scheduled
        /// Schoology's side alone: a trigger came, or sections are due to be read back.
        case readBack = "read_back"
        /// Past attendance dates that an operator asked to be gone over.
        case backfill
    }

    let settings: DistrictSettings
    let state: SyncState
    let world: World
    let stopFlag = StopFlag()
    let clever: CleverClient
    let schoology: SchoologyClient
    let cleverRequests: CleverRequests
    let schoologyRequests: SchoologyRequests
    /// What decides which records of Clever's pages count; see ``TakenPage``.
    let pagesAreReadBy: String
    /// One refresh of the roster at a time.
    let rosterTurn = Slots(1)

    let cycleLog: CycleLog
    /// 0 while none has begun.
    var cycle: Int64 = 0 {
        didSet { cycleLog.cycle = cycle == 0 ? nil : cycle }
    }
    /// The state was found damaged. It is left as it is, and nothing is decided from it any more.
    var damage: StateError?
    var kind = Kind.scheduled
    var counts = CycleCounts()
    var failures: [SideFailure] = []
    /// Those of them that have an event of their own.
    var failuresSaid: [SideFailure] = []
    var hasCarriedOver = false
    /// What only a person can mend, and what the cycle went on without.
    var operatorProblem: String?
    /// A side that refused its credential: its writes stop until it works again.
    var refusedSides: Set<Side> = []
    /// Clever calls the district paused: read, not written.
    var isPaused = false
    /// The operator's pause that was in force when a cycle last looked.
    var pauseSeen: Pause?
    /// Clever was read over the whole lookback in this cycle.
    var hasScannedLookback = false
    /// Batches that this cycle was the first to hold.
    var heldNews: [Int64] = []
    /// That roster was read in this cycle: reading it again would show nothing new.
    var hasReadCleverRoster = false
    var hasRefreshedRoster = false
    /// What the last decisions showed to be out of date.
    var needsCleverRoster = false
    var sectionsToReread: Set<Int64> = []
    var progress = CycleProgress(step: .reading)
    var pushQueue = PushQueue()
    /// The first section that could not be read in this push, and how many in a row.
    var pushFailure: SideFailure?
    var readFailuresInARow = 0
    /// Clever's attendance has been read up to its watermark in this cycle: the whole window of a section can be
    /// merged, and rows can go to Clever.
    var readsWholeWindow = false
    /// What is done with its writes, those of a rehearsal so far, and what Schoology's sections would show by them.
    let delivery: Delivery
    var planned: [PlannedWrite] = []
    var rehearsedMarks: [Int64: [SectionReading.Place: Status]] = [:]
    /// The days that are being gone over, in a cycle that does.
    var backfillDays: ClosedRange<Day>?
    /// Sections whose enrollments were read in this cycle, and those that show marks of nobody who is enrolled.
    var enrollmentsChecked: Set<Int64> = []
    var strangersSeen: Set<Int64> = []
    /// A trigger came that no read has begun for; sections are being visited, and which.
    var hasTriggers = false
    var isVisiting = false
    var visiting: Set<Int64> = []
    /// Rows of Schoology's that can't be understood and that this was said of.
    var unreadableSaid: Set<AttendanceReading.UnreadableKey> = []
    /// The time of day at which this cycle began.
    var cycleBegan = Timestamp(milliseconds: 0)
    /// The uptime at which Clever was last polled.
    var polledAt: Timestamp?
    /// Marks of which Clever has not told what a row would replace for this upload, and why.
    var rowsToAskAbout: [Key: String] = [:]
    /// Rows are uploaded though the last upload was just now.
    var ignoresUploadInterval = false
    /// Uploads that failed in a row, and the uptime before which none is tried.
    var uploadFailures = 0
    var uploadNotBefore: Timestamp?
    /// The match reasons logged in this cycle.
    var matchEvents = 0

    private let executor: any SerialExecutor

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    public init(
        settings: DistrictSettings, state: SyncState, world: World, executor: any SerialExecutor,
        delivery: Delivery = .everything
    ) {
        self.settings = settings
        self.delivery = delivery
        self.state = state
        self.world = world
        self.executor = executor
        pagesAreReadBy = "\(world.version) \(settings.fingerprint)"
        cycleLog = CycleLog(events: world.events, district: settings.name)
        clever = CleverClient(world: world, log: cycleLog, settings: settings.clever, stop: stopFlag)
        schoology = SchoologyClient(world: world, log: cycleLog, settings: settings.schoology, stop: stopFlag) {
            credits in
            // A state that can't be written ends the cycle at the next step.
            try? state.transaction { try $0.storeSpending(credits, at: world.clock.now()) }
        }
        cleverRequests = CleverRequests(
            baseURL: settings.clever.baseURL, token: settings.clever.token, pageSize: settings.clever.pageSize)
        schoologyRequests = SchoologyRequests(baseURL: settings.schoology.baseURL)
    }

    /// No request begins after this; what is in flight is finished and stored.
    public func stop() {
        stopFlag.set()
        world.clock.interrupt()
    }

    /// Something got done. Says so, and counts it where the step's end is known.
    func advance(by steps: Int = 0) {
        progress.done += steps
        world.progress(progress)
    }

    var now: Timestamp { world.clock.now() }
    var today: Day { world.calendarDay(world.clock.now()) }
    var rules: MergeRules { MergeRules(settings) }

    func log(_ level: Event.Level, _ name: Event.Name, _ fields: KeyValuePairs<String, Event.Value> = [:]) {
        cycleLog.write(level, name, fields)
    }
}
