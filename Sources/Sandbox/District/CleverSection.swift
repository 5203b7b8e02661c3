/// A section as Clever shares it.
struct CleverSection: Sendable {
    let school: Int32
    let sisID: String
    let name: String
    let period: String
    /// One of the subjects that Clever's swagger lists.
    let subject: String
    let term: Int32
    let teacher: Int32
    /// Student indexes, ascending.
    var students: [Int32]
    /// The Schoology section made for it; -1: none.
    var counterpart: Int32 = -1
    var isShared = true
}
