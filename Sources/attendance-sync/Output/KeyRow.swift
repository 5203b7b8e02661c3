import AttendanceCore
import SyncState

/// How rows of every command name a key and its values.
struct KeyRow: Encodable {
    var cleverStudentID: String
    var cleverSectionID: String
    var schoologySectionID: String?
    var enrollmentID: String?
    var date: String
    var base: String
    var clever: String
    /// As it was read last; present where there is no row, which is how Schoology itself says it.
    var schoology: String

    init(_ detail: KeyDetail, statusMap: StatusMap) {
        cleverStudentID = detail.cleverStudent
        cleverSectionID = detail.cleverSection
        schoologySectionID = detail.schoologySection.map(String.init)
        enrollmentID = detail.enrollment.map(String.init)
        date = detail.day.description
        base = detail.base.description
        let mapped = detail.clever.map { statusMap.status(of: $0.status, excuseCode: $0.excuseCode) } ?? .present
        clever = mapped?.description ?? "unmapped"
        schoology = (detail.schoology ?? .present).description
    }

    enum CodingKeys: String, CodingKey {
        case cleverStudentID = "clever_student_id"
        case cleverSectionID = "clever_section_id"
        case schoologySectionID = "schoology_section_id"
        case enrollmentID = "enrollment_id"
        case date, base, clever, schoology
    }
}
