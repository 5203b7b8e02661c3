/// What is believed of a trigger: that somebody should look at this section again.
///
/// Nothing signs a trigger, so it says where to look and never what is there. Status, comment and user are not read.
public struct TriggerNotice: Sendable, Hashable {
    public var schoologySection: Int64
    public var enrollment: Int64?
    public var day: Day?
    /// When Schoology says the edit was made; whole seconds. Believe it only between the last read of the section and
    /// the trigger's arrival.
    public var editedAt: Timestamp?

    public init(schoologySection: Int64, enrollment: Int64?, day: Day?, editedAt: Timestamp?) {
        self.schoologySection = schoologySection
        self.enrollment = enrollment
        self.day = day
        self.editedAt = editedAt
    }
}
