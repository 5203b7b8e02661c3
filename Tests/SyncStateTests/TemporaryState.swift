import AttendanceCore
import Foundation

@testable import SyncState

/// A folder for one test's state; it goes away with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sync-state-\(UUID().uuidString)")
        path = url.path
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// `path` of a file in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    func open(_ access: SyncState.Access = .exclusive) throws(StateError) -> SyncState {
        try SyncState(directory: path, district: "springfield", access: access)
    }
}

/// A state of a district with one school, and what the tests of most rooms need of it.
struct TemporaryState: Sendable {
    static let day = Day(number: 20_000)
    static let now = Timestamp(seconds: 1_728_000_000)

    let folder: TemporaryFolder
    let state: SyncState

    init() throws {
        folder = try TemporaryFolder()
        state = try folder.open()
    }

    func write<Value>(_ body: (Transaction) throws -> Value) throws -> Value { try state.transaction(body) }

    func read<Value>(_ body: (Transaction) throws -> Value) throws -> Value { try state.reading(body) }

    /// Reads a roster whole: the sections of school `school`, with their students.
    func readRoster(
        school: String = "school", _ sections: [RosterSection], _ students: [RosterStudent] = []
    ) throws {
        try write { tx in
            let generation = try tx.nextRosterGeneration()
            try tx.store(school: school, sisID: nil, generation: generation)
            for section in sections { try tx.store(section, generation: generation, dailyFrom: Self.day) }
            for student in students { try tx.store(student, generation: generation) }
            try tx.finishCleverRoster(generation: generation, now: Self.now.milliseconds)
        }
    }

    func schools() throws -> [Int64] { try read { try $0.schools(only: []).map(\.id) } }

    func sectionID(_ cleverID: String) throws -> Int64 { try write { try $0.internSection(cleverID).id } }

    func studentID(_ cleverID: String) throws -> Int64 { try write { try $0.internStudent(cleverID).id } }

    /// What Schoology knows: codes of sections, and who is enrolled in each.
    func storeSchoology(
        sections: [(code: String, id: Int64, active: Bool?)] = [],
        enrollments: [Int64: [RosterEnrollment]] = [:]
    ) throws {
        try write { tx in
            try tx.store(
                field: .sectionSchoolCode, codes: sections.map(\.code),
                sections: sections.map { ($0.code, $0.id, $0.active, nil) })
            for (section, members) in enrollments {
                try tx.store(enrollments: members, section: 0, schoologyID: section)
            }
        }
    }

    @discardableResult
    func matchSections(
        _ rules: [MatchingSettings.SectionRule] = [.init(.sisID, .sectionSchoolCode)],
        overrides: Overrides = Overrides()
    ) throws -> [MatchChange] {
        let schools = try schools()
        return try write { try $0.matchSections(rules, overrides: overrides, schools: schools) }
    }

    @discardableResult
    func matchStudents(
        _ rules: [MatchingSettings.StudentRule] = [.init(.sisID), .init(.studentNumber)],
        overrides: Overrides = Overrides()
    ) throws -> [MatchChange] {
        let schools = try schools()
        return try write { try $0.matchStudents(rules, overrides: overrides, schools: schools) }
    }

    func key(section: Int64 = 1, student: Int64 = 1, day: Day = TemporaryState.day) -> Key {
        Key(section: section, student: student, day: day)
    }
}

extension RosterSection {
    static func named(
        _ cleverID: String, school: String = "school", sisID: String? = nil, number: String? = nil,
        subject: String? = nil, period: String? = nil, students: [String] = []
    ) -> RosterSection {
        RosterSection(
            cleverID: cleverID, school: school, sisID: sisID, sectionNumber: number, subject: subject,
            period: period, termID: nil, students: students)
    }
}

extension RosterStudent {
    static func named(
        _ cleverID: String, sisID: String? = nil, number: String? = nil, stateID: String? = nil
    ) -> RosterStudent {
        RosterStudent(cleverID: cleverID, sisID: sisID, studentNumber: number, stateID: stateID)
    }
}

extension RosterEnrollment {
    static func member(
        _ id: Int64, uid: Int64, schoolUID: String? = nil, status: Int = 1, isAdmin: Bool = false
    ) -> RosterEnrollment {
        RosterEnrollment(id: id, uid: uid, schoolUID: schoolUID, isAdmin: isAdmin, status: status)
    }
}
