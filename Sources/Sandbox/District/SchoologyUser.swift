/// A Schoology account.
struct SchoologyUser: Sendable {
    /// The id that the district's administrator loaded; may be empty or there twice.
    var schoolUID: String
    /// Whose account it is, for the name: the Clever student's index, or -1.
    let student: Int32
    let isTeacher: Bool
}
