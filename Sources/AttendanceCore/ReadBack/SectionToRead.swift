/// A section that Schoology may have moved in, as the planner of reads sees it.
public struct SectionToRead: Sendable, Hashable {
    public var section: Int64
    /// When its window was last read whole; nil: never.
    public var readAt: Timestamp?
    /// When an edit was last seen in it.
    public var editedAt: Timestamp?
    /// The days on which it meets; nil: Schoology does not say.
    public var meetingDays: WeekdaySet?
    /// A trigger named it after it was last read.
    public var isTriggered: Bool

    public init(
        section: Int64, readAt: Timestamp?, editedAt: Timestamp? = nil, meetingDays: WeekdaySet? = nil,
        isTriggered: Bool = false
    ) {
        self.section = section
        self.readAt = readAt
        self.editedAt = editedAt
        self.meetingDays = meetingDays
        self.isTriggered = isTriggered
    }
}
