import AttendanceCore

/// A course section (REST API, "Course Section").
public struct SchoologySection: Sendable, Equatable {
    public var id: String
    public var sectionCode: String?
    public var schoolCode: String?
    /// Whether its grading periods are running; nil: the answer doesn't say.
    public var active: Bool?
    public var courseID: String?
    /// The days on which it meets; nil: the answer doesn't say.
    public var meetingDays: WeekdaySet?

    public init(
        id: String, sectionCode: String? = nil, schoolCode: String? = nil, active: Bool? = nil,
        courseID: String? = nil, meetingDays: WeekdaySet? = nil
    ) {
        self.id = id
        self.sectionCode = sectionCode
        self.schoolCode = schoolCode
        self.active = active
        self.courseID = courseID
        self.meetingDays = meetingDays
    }
}
