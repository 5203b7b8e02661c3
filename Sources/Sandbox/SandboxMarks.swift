/// What both sides say of one student, in one section, on one day. Nil means present to Schoology, and no record to
/// Clever.
public struct SandboxMarks: Sendable, Hashable {
    public let pair: SandboxPair
    public let date: CalendarDay
    /// The section's own record.
    public let clever: CleverRecord?
    /// The student's record for the whole day. Which sections it speaks for is the reader's to say.
    public let daily: CleverRecord?
    public let schoology: SchoologyRecord?

    /// Nobody says anything but present.
    public var isPresent: Bool {
        (clever?.status ?? "present") == "present" && (daily?.status ?? "present") == "present"
            && (schoology?.status ?? 1) == 1
    }
}
