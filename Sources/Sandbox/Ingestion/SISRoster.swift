/// The district's own ids, by which `attendance.csv` names students, schools and sections.
struct SISRoster: Sendable {
    let students: [String: Int32]
    let schools: [String: Int32]
    let sections: [String: Int32]
    let schoolOfStudent: [Int32]
    let schoolOfSection: [Int32]

    init(_ district: District) {
        students = Self.index(district.students.map(\.sisID))
        schools = Self.index(district.schools.map(\.number))
        sections = Self.index(district.sections.map(\.sisID))
        schoolOfStudent = district.students.map(\.school)
        schoolOfSection = district.sections.map(\.school)
    }

    private static func index(_ ids: [String]) -> [String: Int32] {
        Dictionary(zip(ids, ids.indices.map { Int32($0) }), uniquingKeysWith: { first, _ in first })
    }
}
