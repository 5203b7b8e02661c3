/// A Schoology course section.
struct SchoologySection: Sendable {
    let title: String
    let sectionCode: String
    /// The id that the district's administrator loaded, normally the SIS section id.
    var schoolCode: String
    let course: Int32
    /// False: in a grading period that is over, so found with `include_past=1` only.
    var isCurrent = true
    /// True: attendance is taken in the PowerSchool app, and asking for it is answered 410.
    var isGone = false
    var isDeleted = false
    /// Enrollment indexes.
    var enrollments: [Int32] = []
}
