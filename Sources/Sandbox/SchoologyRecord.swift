/// A row of Schoology's attendance, present ones included.
public struct SchoologyRecord: Sendable, Hashable {
    public let section: String
    public let enrollment: String
    public let date: CalendarDay
    /// 1 present, 2 absent, 3 late, 4 excused.
    public let status: Int
    public let comment: String
    /// How often the row was written through the API.
    public let writes: Int
}
