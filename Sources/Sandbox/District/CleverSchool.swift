/// A school as Clever shares it.
struct CleverSchool: Sendable {
    enum Level: Sendable {
        /// Attendance is taken once a day, in homeroom.
        case elementary
        /// Attendance is taken each period.
        case secondary
    }

    let level: Level
    let name: String
    let number: String
    /// Student indexes, ascending.
    var students: [Int32] = []
    /// Section indexes, ascending.
    var sections: [Int32] = []
    var isShared = true
}
