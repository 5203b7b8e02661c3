/// The columns of `attendance.csv`, as dev.clever.com's "How does it work?" lists them. Names match exactly, their
/// order is free (Clever's SFTP instructions, "Preparing CSV files").
enum AttendanceColumn: Sendable, Hashable, CaseIterable {
    case student
    case school
    case section
    case date
    case type
    case status
    case excuseCode
    /// The record's own id: one snapshot of the page calls it `Sis_id`, another `Attendance_id`.
    case record

    var names: [String] {
        switch self {
        case .student: ["Student_id"]
        case .school: ["School_id"]
        case .section: ["Section_id"]
        case .date: ["Attendance_date"]
        case .type: ["Attendance_type"]
        case .status: ["Attendance_status"]
        case .excuseCode: ["Excuse_code"]
        case .record: ["Sis_id", "Attendance_id"]
        }
    }

    /// The page doesn't say which columns may be left out: here those that a record can do without.
    var isRequired: Bool {
        switch self {
        case .student, .school, .date, .type, .status: true
        case .section, .excuseCode, .record: false
        }
    }
}
