/// What a Clever attendance record says, apart from whom and when it is about.
struct CleverMark: Sendable, Hashable {
    /// `present`, `absent`, `tardy`; a test may put something else here.
    var status: String
    var excuseCode: String?
    var created: Instant
    var lastModified: Instant
    /// The SIS's id of the record.
    var sisID: String?
}
