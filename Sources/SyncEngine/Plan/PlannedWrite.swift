import AttendanceCore

/// One write that a cycle would make, with everything that it was decided by.
public struct PlannedWrite: Sendable, Hashable {
    /// What identifies it: the same again means that nothing has moved.
    public struct Effect: Sendable, Hashable {
        public var side: Side
        public var cleverStudent: String
        public var cleverSection: String
        public var day: Day
        /// What the side shows, and what it becomes.
        public var from: Status
        public var to: Status

        public init(
            side: Side, cleverStudent: String, cleverSection: String, day: Day, from: Status, to: Status
        ) {
            self.side = side
            self.cleverStudent = cleverStudent
            self.cleverSection = cleverSection
            self.day = day
            self.from = from
            self.to = to
        }
    }

    public var effect: Effect
    public var cleverSchool: String?
    public var schoologySection: Int64?
    public var enrollment: Int64?
    public var base: Status
    /// Nil: it has a code that the status map has no entry for.
    public var clever: Status?
    public var schoology: Status
    /// Who decided it; see ``OutboxItem/cause``.
    public var reason: String
}

/// What a rehearsed cycle came to.
public struct Rehearsal: Sendable {
    public var report: CycleReport
    /// In the order in which they would leave.
    public var writes: [PlannedWrite]
    /// Decided, and not written with this cycle: with the reason.
    public var waiting: [(write: PlannedWrite, reason: String)]
    /// Requests to Schoology that only read, and PUTs.
    public var reads: Int
    public var puts: Int
    public var uploads: Int
    /// Clever's `last_attendance_sync`, up to which its side was read.
    public var watermark: Timestamp?

    /// How long the requests take at the rate limit.
    public func duration(_ limit: RateLimit) -> Span {
        let credits = reads * limit.readCost + puts * limit.writeCost
        return .milliseconds(Int64(credits) * limit.window.milliseconds / Int64(max(limit.credits, 1)))
    }
}
