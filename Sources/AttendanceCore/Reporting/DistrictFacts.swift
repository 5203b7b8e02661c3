/// What a report tells of one district: counts a day, and what waits for a person. Ids only.
public struct DistrictFacts: Sendable, Equatable {
    /// A mark is one student, in one section, on one day; only what both sides agree on and is not present.
    public typealias Marks = [Status: Int]

    public var name: String
    public var timezone = ""
    public var direction: Direction = .both
    /// The days that it is about, both included, in the district's time zone.
    public var first: Day
    public var last: Day
    /// False: no cycle has run yet, and there is nothing else to tell.
    public var hasState = true

    public var health = Health()
    /// By attendance date and the school's Clever id; empty where the section has none.
    public var marks: [Day: [String: Marks]] = [:]
    /// By the day on which it happened.
    public var days: [Day: DayFacts] = [:]
    public var openConflicts: [OpenConflict] = []
    public var unmatched: [UnmatchedLine] = []
    public var held: [HeldLine] = []
    /// Schoology's credits that one day allows, and what a read and a write take of them.
    public var rateLimit = RateLimit()

    public init(name: String, first: Day, last: Day) {
        self.name = name
        self.first = first
        self.last = last
    }

    /// Every day of the report, the first first.
    public var allDays: [Day] {
        guard first <= last else { return [] }
        return (0...Int(last.number - first.number)).map { first + $0 }
    }
}

extension DistrictFacts {
    /// What happened on one day.
    public struct DayFacts: Sendable, Equatable {
        /// Marks that Schoology acknowledged, rows that were uploaded for Clever, and rows that Clever has shown.
        public var toSchoology = 0
        public var toClever = 0
        public var confirmed = 0
        /// From Clever's `last_modified` to Schoology's acknowledgement, of those acknowledged on this day.
        public var delayToSchoology: Delay?
        /// From the read that first showed the edit to Clever showing it, of those shown on this day.
        public var delayToClever: Delay?
        /// Conflicts by the day on which they were found: decided by policy, by an operator, gone by themselves, open.
        public var conflictsByPolicy = 0
        public var conflictsByOperator = 0
        public var conflictsDissolved = 0
        public var conflictsOpen = 0
        public var cyclesDone = 0
        public var cyclesIncomplete = 0
        public var cyclesFailed = 0
        public var cleverRequests = 0
        public var schoologyRequests = 0
        public var puts = 0

        public init() {}
    }

    /// How long it took from edit to arrival.
    public struct Delay: Sendable, Equatable {
        public var count: Int
        public var median: Span
        /// Nineteen of twenty took no longer.
        public var p95: Span

        /// Nil where nothing was measured.
        public init?(_ spans: [Span]) {
            guard !spans.isEmpty else { return nil }
            let sorted = spans.sorted()
            count = sorted.count
            median = Self.rank(50, of: sorted)
            p95 = Self.rank(95, of: sorted)
        }

        /// The nearest rank: the smallest value that so many percent of all do not exceed.
        private static func rank(_ percent: Int, of sorted: [Span]) -> Span {
            sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
        }
    }

    public struct Health: Sendable, Equatable {
        /// A stretch without a good cycle that was longer than it should be.
        public struct Outage: Sendable, Equatable {
            public var from: Timestamp
            /// Nil: it lasts.
            public var to: Timestamp?
            public var reason: String

            public init(from: Timestamp, to: Timestamp?, reason: String) {
                self.from = from
                self.to = to
                self.reason = reason
            }
        }

        public var lastGoodCycle: Timestamp?
        public var firstCycle: Timestamp?
        /// The end of the last outage, or the first cycle.
        public var workingSince: Timestamp?
        /// In the report's days, the newest first.
        public var outages: [Outage] = []
        public var pause: Pause?
        /// Clever calls the district paused.
        public var isPausedByClever = false
        public var refusedCredentials: [String] = []
        public var waitingForSchoology = 0
        public var waitingForUpload = 0
        public var unconfirmed = 0
        public var overdue = 0
        public var deadLetters = 0
        public var oldestWaiting: Timestamp?

        public init() {}
    }

    public struct OpenConflict: Sendable, Equatable {
        public var id: Int64
        public var day: Day
        public var student: String
        public var section: String
        public var base: Status
        public var clever: Status
        public var schoology: Status
        public var detected: Timestamp

        public init(
            id: Int64, day: Day, student: String, section: String, base: Status, clever: Status, schoology: Status,
            detected: Timestamp
        ) {
            self.id = id
            self.day = day
            self.student = student
            self.section = section
            self.base = base
            self.clever = clever
            self.schoology = schoology
            self.detected = detected
        }
    }

    public struct UnmatchedLine: Sendable, Equatable {
        public var kind: String
        public var side: Side
        public var id: String
        public var reason: String
        /// Attendance records that wait for it.
        public var records: Int

        public init(kind: String, side: Side, id: String, reason: String, records: Int) {
            self.kind = kind
            self.side = side
            self.id = id
            self.reason = reason
            self.records = records
        }
    }

    /// A batch that the safety valve stopped.
    public struct HeldLine: Sendable, Equatable {
        public var id: Int64
        public var side: Side?
        public var day: Day?
        public var school: String?
        public var reason: String
        public var state: String
        public var changes: Int
        public var created: Timestamp
        public var decided: Timestamp?
        public var decidedBy: String?

        public init(
            id: Int64, side: Side?, day: Day?, school: String?, reason: String, state: String, changes: Int,
            created: Timestamp, decided: Timestamp?, decidedBy: String?
        ) {
            self.id = id
            self.side = side
            self.day = day
            self.school = school
            self.reason = reason
            self.state = state
            self.changes = changes
            self.created = created
            self.decided = decided
            self.decidedBy = decidedBy
        }
    }
}
