/// A person in a Schoology section.
struct SchoologyEnrollment: Sendable {
    let user: Int32
    let section: Int32
    let isTeacher: Bool
    /// 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
    var status: UInt8
    var isDeleted = false
}
