/// Schoology's ids: numbers, made from the index of what they name.
enum SchoologyID {
    /// Whose key the API is used with.
    static let administrator = 48_100_000
    static let firstUser = 48_200_000
    static let firstCourse = 1_750_000_000
    static let firstSection = 2_816_000_000
    static let firstEnrollment = 3_144_780_000
    static let firstAttendance = 564_000_000
    static let school = 12_345_678

    /// The index that `text` stands for, if it is below `count`.
    static func index(_ text: String, from first: Int, count: Int) -> Int? {
        guard let number = Int(text), number >= first, number - first < count else { return nil }
        return number - first
    }
}
