/// What tells one attendance record from another: Clever has at most one for a student, a section (or the day)
/// and a date. The school follows from the student.
struct CleverPlace: Sendable, Hashable {
    let student: Int32
    /// -1: the daily record.
    let section: Int32
    let day: CalendarDay
}
