import AttendanceCore

/// One mark's place: interned section and student, and the day.
public struct Key: Hashable, Sendable {
    public var section: Int64
    public var student: Int64
    public var day: Day

    public init(section: Int64, student: Int64, day: Day) {
        self.section = section
        self.student = student
        self.day = day
    }
}
