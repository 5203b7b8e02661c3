/// An attendance record as Clever serves it.
public struct CleverRecord: Sendable, Hashable {
    /// Clever's ids.
    public let student: String
    /// Nil: a daily record.
    public let section: String?
    public let school: String
    public let date: CalendarDay
    public let status: String
    public let excuseCode: String?
    public let created: Instant
    public let lastModified: Instant
    public let sisID: String?
}
