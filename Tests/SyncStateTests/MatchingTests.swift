import AttendanceCore
import Testing

@testable import SyncState

@Suite struct MatchingTests {
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
    }

    // MARK: Sections

    @Test func findsASectionByItsCode() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)])
        #expect(try temporary.matchSections() == [])
        #expect(try temporary.read { try $0.section(1)?.schoologyID } == 11)
    }

    @Test func saysWhyASectionHasNoMatchOnce() throws {
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2")])
        let changes = try temporary.matchSections()
        #expect(changes.map(\.cleverID) == ["s1", "s2"])
        #expect(changes.allSatisfy { $0.isSection && $0.kind == .missing })
        #expect(changes[0].reason.contains("sis_id=section_school_code (c1)"))
        #expect(changes[1].reason.contains("none in Clever"))
        #expect(try temporary.matchSections() == [])
    }

    @Test func twoSectionsWithTheCodeAreAmbiguous() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 12, true), ("c1", 11, true)])
        let changes = try temporary.matchSections()
        #expect(changes.map(\.kind) == [.ambiguous])
        #expect(changes[0].reason.contains("11, 12"))
        #expect(try temporary.read { try $0.section(1)?.schoologyID } == nil)
    }

    @Test(arguments: [false, nil])
    func aPastSectionDoesNotCountBesideAnActiveOne(past: Bool?) throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, past), ("c1", 12, true)])
        #expect(try temporary.matchSections() == [])
        #expect(try temporary.read { try $0.section(1)?.schoologyID } == 12)
    }

    @Test func twoPastSectionsAreAmbiguous() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, false), ("c1", 12, false)])
        #expect(try temporary.matchSections().map(\.kind) == [.ambiguous])
    }

    @Test func rulesAreTriedInOrder() throws {
        try temporary.readRoster([.named("s1", sisID: "c1", number: "n1"), .named("s2", sisID: "c2", number: "n2")])
        try temporary.storeSchoology(sections: [("n1", 21, true), ("c2", 12, true), ("n2", 22, true)])
        try temporary.matchSections([.init(.sisID, .sectionSchoolCode), .init(.sectionNumber, .sectionSchoolCode)])
        #expect(try matches() == [21, 12])
    }

    @Test func oneSchoologySectionIsNotGivenToTwo() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)])
        try temporary.matchSections()
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c1")])
        let changes = try temporary.matchSections()
        #expect(changes.map(\.kind) == [.ambiguous, .ambiguous])
        #expect(try matches() == [nil, nil])
    }

    @Test func anOverrideOutranksEveryRule() throws {
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2")])
        try temporary.storeSchoology(sections: [("c1", 11, true), ("c2", 12, true)])
        let changes = try temporary.matchSections(overrides: Overrides(sections: ["s1": 12]))
        #expect(try matches() == [12, nil])
        #expect(changes.map(\.cleverID) == ["s2"])
        #expect(changes.map(\.kind) == [.ambiguous])
    }

    @Test func twoOverridesForOneSectionAreRefused() throws {
        try temporary.readRoster([.named("s1"), .named("s2")])
        try temporary.matchSections(overrides: Overrides(sections: ["s1": 12, "s2": 12]))
        #expect(try matches() == [nil, nil])
    }

    @Test func aSectionThatReplacesAnotherTakesItsMatch() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)])
        try temporary.matchSections()
        try temporary.readRoster([.named("s2", sisID: "c1")])
        #expect(try temporary.matchSections() == [])
        #expect(try matches() == [nil, 11])
        #expect(try reasonOfNoPlacement(section: 1) == "replaced in the roster")
    }

    @Test func aMatchThatMovedHasItsEnrollmentsReadAgain() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)])
        try temporary.matchSections()
        try temporary.write { try $0.store(enrollments: [], section: 1, schoologyID: 11) }
        try temporary.matchSections()
        #expect(try toEnroll() == [])
        try temporary.storeSchoology(sections: [("c1", 19, true)])
        try temporary.matchSections()
        #expect(try toEnroll() == [19])
    }

    @Test func sectionsOutOfScopeAreLeftAlone() throws {
        try temporary.readRoster([.named("s1", school: "elsewhere", sisID: "c1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)])
        #expect(try temporary.matchSections() == [])
        #expect(try matches() == [nil])
    }

    // MARK: Students

    @Test func findsAStudentByTheEnrollmentsOrByTheUsers() throws {
        try temporary.readRoster(
            [.named("s1", students: ["anna", "ben", "cleo"])],
            [.named("anna", sisID: "a1"), .named("ben", sisID: "none", number: "b2"), .named("cleo", sisID: "c3")])
        try temporary.storeSchoology(enrollments: [11: [.member(1, uid: 101, schoolUID: "a1")]])
        try temporary.write { try $0.store(users: [("b2", 102)], asked: ["b2"], students: []) }
        let changes = try temporary.matchStudents()
        #expect(changes.map(\.cleverID) == ["cleo"])
        #expect(changes.map(\.kind) == [.missing])
        #expect(changes.allSatisfy { !$0.isSection })
        #expect(
            try temporary.read { try $0.matchedStudents(among: ["anna", "ben", "cleo", "dora"]) } == ["anna", "ben"])
    }

    @Test func twoUsersWithTheIDAreAmbiguous() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])], [.named("anna", sisID: "a1")])
        try temporary.storeSchoology(
            enrollments: [11: [.member(1, uid: 101, schoolUID: "a1"), .member(2, uid: 102, schoolUID: "a1")]])
        #expect(try temporary.matchStudents().map(\.kind) == [.ambiguous])
    }

    @Test func oneUserInTwoSectionsIsOne() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])], [.named("anna", sisID: "a1")])
        try temporary.storeSchoology(
            enrollments: [
                11: [.member(1, uid: 101, schoolUID: "a1")], 12: [.member(2, uid: 101, schoolUID: "a1")],
            ])
        try temporary.write { try $0.store(users: [("a1", 101)], asked: ["a1"], students: []) }
        #expect(try temporary.matchStudents() == [])
    }

    @Test func oneUserIsNotGivenToTwoStudents() throws {
        try temporary.readRoster(
            [.named("s1", students: ["anna", "ben"])], [.named("anna", sisID: "a1"), .named("ben", sisID: "a1")])
        try temporary.storeSchoology(enrollments: [11: [.member(1, uid: 101, schoolUID: "a1")]])
        #expect(try temporary.matchStudents().map(\.kind) == [.ambiguous, .ambiguous])
        #expect(try temporary.matchStudents(overrides: Overrides(students: ["ben": 101])).map(\.cleverID) == [])
        #expect(try temporary.read { try $0.matchedStudents(among: ["anna", "ben"]) } == ["ben"])
    }

    @Test func onlyMissingStudentsOfASectionInScopeAreLookedUp() throws {
        try temporary.readRoster(
            [.named("s1", students: ["anna", "ben", "dora"]), .named("s2", school: "elsewhere", students: ["cleo"])],
            [
                .named("anna", sisID: "a1"), .named("ben", sisID: "b1", number: ""), .named("cleo", sisID: "c1"),
                .named("dora", sisID: "d1"),
            ])
        // Dora has two accounts: asking again would not make them one.
        try temporary.storeSchoology(
            enrollments: [
                11: [
                    .member(1, uid: 101, schoolUID: "a1"), .member(2, uid: 104, schoolUID: "d1"),
                    .member(3, uid: 105, schoolUID: "d1"),
                ]
            ])
        try temporary.matchStudents()
        let schools = try temporary.schools()
        let rules: [MatchingSettings.StudentRule] = [.init(.sisID), .init(.studentNumber)]
        let asked = try temporary.read { try $0.studentsToLookUp(rules, schools: schools, limit: 9) }
        #expect(asked.map(\.codes) == [["b1"]])
        try temporary.write { try $0.store(users: [], asked: ["b1"], students: asked.map(\.student)) }
        #expect(try temporary.read { try $0.studentsToLookUp(rules, schools: schools, limit: 9) }.isEmpty)
    }

    // MARK: Placement

    @Test func placesAKeyByItsActiveEnrollment() throws {
        try place([.member(71, uid: 101, schoolUID: "a1", status: 5), .member(72, uid: 101, schoolUID: "a1")])
        #expect(try placement() == Placement(schoologySection: 11, uid: 101, enrollment: 72))
    }

    @Test(arguments: [
        ([RosterEnrollment.member(9, uid: 999, schoolUID: "a1x")], "no Schoology user"),
        ([.member(71, uid: 101, schoolUID: "a1", status: 2)], "is expired"),
        ([.member(71, uid: 101, schoolUID: "a1", isAdmin: true)], "is a teacher"),
        ([.member(71, uid: 101, schoolUID: "a1"), .member(72, uid: 101, schoolUID: "a1")], "several active"),
    ])
    func saysWhyAKeyHasNoPlace(enrollments: [RosterEnrollment], reason: String) throws {
        try place(enrollments)
        #expect(try reasonOfNoPlacement().contains(reason))
    }

    @Test func whoIsMatchedButNotInTheSectionHasNoPlaceThere() throws {
        try place([])
        try temporary.storeSchoology(enrollments: [12: [.member(71, uid: 101, schoolUID: "a1")]])
        try temporary.matchStudents()
        #expect(try reasonOfNoPlacement().contains("is not enrolled"))
    }

    @Test func whatOnlyARecordNamedHasNoPlaceYet() throws {
        let (section, student) = (try temporary.sectionID("s9"), try temporary.studentID("zoe"))
        #expect(try reasonOfNoPlacement(section: section, student: student) == "Clever's roster has no such section")
        #expect(try reasonOfNoPlacement(section: 999, student: student) == "the section is unknown")
    }

    // MARK: -

    private func place(_ enrollments: [RosterEnrollment]) throws {
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"])], [.named("anna", sisID: "a1")])
        try temporary.storeSchoology(sections: [("c1", 11, true)], enrollments: [11: enrollments])
        try temporary.matchSections()
        try temporary.matchStudents()
    }

    private func result(_ tx: Transaction, section: Int64, student: Int64 = 1) throws -> Result<Placement, NoPlacement>
    {
        do {
            return .success(try tx.placement(section: section, student: student))
        } catch let nowhere as NoPlacement {
            return .failure(nowhere)
        }
    }

    private func placement() throws -> Placement {
        try temporary.read { try result($0, section: 1) }.get()
    }

    private func reasonOfNoPlacement(section: Int64 = 1, student: Int64 = 1) throws -> String {
        switch try temporary.read({ try result($0, section: section, student: student) }) {
        case .success(let place): "\(place)"
        case .failure(let nowhere): nowhere.reason
        }
    }

    private func matches() throws -> [Int64?] {
        try temporary.read { tx in
            try (1...Int64(tx.count("SELECT count(*) FROM section"))).map { try tx.section($0)?.schoologyID }
        }
    }

    private func toEnroll() throws -> [Int64] {
        let schools = try temporary.schools()
        return try temporary.read { try $0.sectionsToEnroll(after: 0, schools: schools, limit: 9).map(\.schoologyID) }
    }
}
