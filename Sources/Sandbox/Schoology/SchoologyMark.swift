/// A row of Schoology's attendance.
struct SchoologyMark: Sendable, Hashable {
    /// The row's own id, which a PUT answers with.
    let id: Int
    /// 1 present, 2 absent, 3 late, 4 excused.
    var status: UInt8
    var comment: String
    /// How often the row was written through the API.
    var writes = 0
}
