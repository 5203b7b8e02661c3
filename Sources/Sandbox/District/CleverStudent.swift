/// A student as Clever shares them.
struct CleverStudent: Sendable {
    enum Sharing: Sendable {
        case shared
        /// Sections still list the id, but asking for it is answered 404.
        case unshared
    }

    let school: Int32
    let sisID: String
    let number: String
    let stateID: String
    /// Section indexes, ascending.
    var sections: [Int32]
    /// The Schoology user made for the student; -1: none.
    var user: Int32 = -1
    var sharing: Sharing = .shared
}
