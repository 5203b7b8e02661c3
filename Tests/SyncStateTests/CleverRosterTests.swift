import AttendanceCore
import Testing

@testable import SyncState

@Suite struct CleverRosterTests {
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
    }

    @Test func aRefreshBecomesTheRoster() throws {
        try temporary.readRoster(
            [.named("s1", students: ["anna", "ben"]), .named("s2", students: ["anna"])],
            [.named("anna"), .named("ben")])
        let totals = try temporary.read { try $0.rosterTotals(schools: try $0.schools(only: []).map(\.id)) }
        #expect(totals.sections == 2)
        #expect(totals.students == 2)
        #expect(totals.matchedSections == 0)
        #expect(try temporary.read { try $0.number(.cleverRosterAt) } == TemporaryState.now.milliseconds)
    }

    /// It may be the homeroom now. What was before today stays as it was decided.
    @Test func todaysDailyRecordOfWhoIsNewInASectionIsDecidedAnew() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])])
        let scans = try ScanFixture(temporary)
        let day = TemporaryState.day
        let update = RecordUpdate(
            key: RecordKey(student: "anna", section: nil), status: .absent, code: nil, sisID: nil,
            modified: TemporaryState.now)
        for back in 0..<2 { try scans.store([update], day: day - back) }
        func open() throws -> [OpenRecord] { try temporary.read { try $0.openRecords(onlyDay: nil, limit: 9) } }
        let records = try open()
        #expect(records.map(\.day) == [day, day - 1])
        try temporary.write { tx in for record in records { try tx.setState(of: record, .decided) } }
        try temporary.readRoster([.named("s1", students: ["anna"])])
        #expect(try open().isEmpty)
        try temporary.readRoster([.named("s1", students: ["anna"]), .named("s2", students: ["anna"])])
        #expect(try open().map(\.day) == [day])
    }

    @Test func whatHasNoMatchDoesNotKeepTheRosterFromBeingComplete() throws {
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"])], [.named("anna", sisID: "a1")])
        let (section, student) = (try temporary.sectionID("s1"), try temporary.studentID("anna"))
        let schools = try temporary.schools()
        func isFresh() throws -> Bool { try temporary.read { try $0.schoologyRosterIsFresh(schools: schools) } }
        #expect(try !isFresh())
        try temporary.write { try $0.finishLookup(of: [section]) }
        try temporary.matchSections()
        try temporary.matchStudents()
        #expect(try !isFresh())
        try temporary.write { try $0.store(users: [], asked: ["a1"], students: [student]) }
        #expect(try isFresh())
    }

    @Test func whoLeftASectionIsNoLongerInIt() throws {
        try temporary.readRoster([.named("s1", students: ["anna", "ben"]), .named("s2", students: ["anna"])])
        try temporary.readRoster([.named("s1", students: ["ben"]), .named("s2", students: ["anna"])])
        #expect(try sections(of: "anna") == ["s2"])
        #expect(try sections(of: "ben") == ["s1"])
    }

    @Test func aSectionThatVanishedKeepsItsRowAndLeavesTheRoster() throws {
        try temporary.readRoster([.named("s1", students: ["anna"]), .named("s2")])
        let id = try temporary.sectionID("s1")
        try temporary.readRoster([.named("s2")])
        #expect(try temporary.sectionID("s1") == id)
        let totals = try temporary.read { try $0.rosterTotals(schools: try $0.schools(only: []).map(\.id)) }
        #expect(totals.sections == 1)
        #expect(totals.students == 0)
    }

    @Test func somebodyNewInASectionHasItsEnrollmentsReadAgain() throws {
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"]), .named("s2", sisID: "c2")])
        try matchBoth()
        #expect(try sectionsToEnroll() == [1, 2])
        try temporary.write { try $0.store(enrollments: [], section: 1, schoologyID: 11) }
        try temporary.write { try $0.store(enrollments: [], section: 2, schoologyID: 12) }
        #expect(try sectionsToEnroll() == [])
        // The same again, and one who leaves: nothing to ask.
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"]), .named("s2", sisID: "c2")])
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2")])
        #expect(try sectionsToEnroll() == [])
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2", students: ["anna"])])
        #expect(try sectionsToEnroll() == [2])
    }

    @Test func onlyAChangedIdentityOfASectionIsLookedUpAgain() throws {
        try temporary.readRoster([.named("s1", sisID: "c1", number: "1"), .named("s2", sisID: "c2")])
        #expect(try sectionsToLookUp() == ["c1", "c2"])
        try temporary.write { try $0.finishLookup(of: [1, 2]) }
        #expect(try sectionsToLookUp() == [])
        try temporary.readRoster([.named("s1", sisID: "c1", number: "1", period: "3"), .named("s2", sisID: "c2")])
        #expect(try sectionsToLookUp() == [])
        try temporary.readRoster([.named("s1", sisID: "c9", number: "1"), .named("s2", sisID: "c2", number: "7")])
        #expect(try sectionsToLookUp() == ["c9", "c2"])
    }

    @Test(arguments: [
        RosterStudent.named("anna", sisID: "new", number: "1", stateID: "x"),
        .named("anna", sisID: "old", number: "2", stateID: "x"),
        .named("anna", sisID: "old", number: "1", stateID: nil),
    ])
    func aChangedIdentityOfAStudentIsLookedUpAgain(changed: RosterStudent) throws {
        let known = RosterStudent.named("anna", sisID: "old", number: "1", stateID: "x")
        try temporary.readRoster([.named("s1", students: ["anna"])], [known])
        try temporary.matchStudents()
        try temporary.write { try $0.store(users: [], asked: ["old", "1"], students: [1]) }
        #expect(try studentsToLookUp() == [])
        try temporary.readRoster([.named("s1", students: ["anna"])], [known])
        #expect(try studentsToLookUp() == [])
        try temporary.readRoster([.named("s1", students: ["anna"])], [changed])
        #expect(try studentsToLookUp() == ["anna"])
    }

    // MARK: A refresh that is broken off

    @Test func aRefreshThatWasBrokenOffLeavesEverySchoolToBeScanned() throws {
        try temporary.readRoster([.named("s1"), .named("s2")])
        try temporary.write { tx in
            try tx.store(school: "school", sisID: nil, generation: try tx.nextRosterGeneration())
        }
        #expect(try temporary.read { try $0.schools(only: []).map(\.cleverID) } == ["school"])
    }

    @Test func aRefreshThatWasBrokenOffLeavesSectionsAndStudentsInTheRoster() throws {
        try temporary.readRoster(
            [.named("s1", sisID: "c1", students: ["anna"]), .named("s2", sisID: "c2", students: ["ben"])],
            [.named("anna"), .named("ben")])
        try temporary.write { tx in
            let generation = try tx.nextRosterGeneration()
            try tx.store(school: "school", sisID: nil, generation: generation)
            try tx.store(
                .named("s1", sisID: "c1", students: ["anna"]), generation: generation, dailyFrom: TemporaryState.day)
            try tx.store(.named("anna"), generation: generation)
        }
        let totals = try temporary.read { try $0.rosterTotals(schools: try $0.schools(only: []).map(\.id)) }
        #expect(totals.sections == 2)
        #expect(totals.students == 2)
        #expect(try sectionsToLookUp() == ["c1", "c2"])
        try matchBoth()
        #expect(try temporary.read { try $0.section(1)?.schoologyID } == 11)
        #expect(try temporary.read { try $0.section(2)?.schoologyID } == 12)
    }

    @Test func whatOnlyABrokenOffRefreshSawIsNotInTheNextRoster() throws {
        try temporary.readRoster([.named("s1")])
        try temporary.write { tx in
            let generation = try tx.nextRosterGeneration()
            try tx.store(school: "school", sisID: nil, generation: generation)
            try tx.store(school: "closed", sisID: nil, generation: generation)
            try tx.store(.named("s1", students: ["anna"]), generation: generation, dailyFrom: TemporaryState.day)
            try tx.store(.named("s9"), generation: generation)
        }
        try temporary.readRoster([.named("s1")])
        #expect(try temporary.read { try $0.schools(only: []).map(\.cleverID) } == ["school"])
        #expect(try sections(of: "anna") == [])
        #expect(try temporary.read { try $0.rosterTotals(schools: try $0.schools(only: []).map(\.id)).sections } == 1)
    }

    // MARK: Scope

    @Test func onlyTheConfiguredSchoolsAreInScope() throws {
        try temporary.write { tx in
            for school in ["c", "a", "b"] { try tx.store(school: school, sisID: nil, generation: 1) }
            try tx.finishCleverRoster(generation: 1, now: 0)
        }
        #expect(try temporary.read { try $0.schools(only: []).map(\.cleverID) } == ["a", "b", "c"])
        #expect(try temporary.read { try $0.schools(only: ["c", "a", "zz"]).map(\.cleverID) } == ["a", "c"])
    }

    @Test func aSchoolThatOnlyASectionNamedIsNotOfTheRoster() throws {
        try temporary.readRoster([.named("s1", school: "elsewhere")])
        #expect(try temporary.read { try $0.schools(only: []).map(\.cleverID) } == ["school"])
    }

    // MARK: Asking Schoology

    @Test func everythingInScopeIsAskedAgainAfterADay() throws {
        try temporary.readRoster([.named("s1", sisID: "c1")])
        try matchBoth()
        try temporary.write { tx in
            try tx.finishLookup(of: [1])
            try tx.store(enrollments: [], section: 1, schoologyID: 11)
        }
        let schools = try temporary.schools()
        #expect(try temporary.read { try $0.schoologyRosterIsFresh(schools: schools) })
        try temporary.write { try $0.forgetSchoologyRoster(schools: schools) }
        #expect(try !temporary.read { try $0.schoologyRosterIsFresh(schools: schools) })
        #expect(try sectionsToLookUp() == ["c1"])
        #expect(try sectionsToEnroll() == [1])
    }

    @Test func aSectionThatSchoologyDoesNotKnowIsAskedForAgainAlone() throws {
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2")])
        try temporary.write { try $0.finishLookup(of: [1, 2]) }
        try temporary.write { try $0.forget(section: 2) }
        #expect(try sectionsToLookUp() == ["c2"])
    }

    @Test func whatSchoologyLeftOutOfAnAnswerDoesNotExist() throws {
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2")])
        try matchBoth()
        try temporary.write {
            try $0.store(field: .sectionSchoolCode, codes: ["c1", "c2"], sections: [("c2", 12, true, nil)])
        }
        let changes = try temporary.matchSections()
        #expect(changes.map(\.cleverID) == ["s1"])
        #expect(changes.map(\.kind) == [.missing])
    }

    @Test func asksForEachCodeOfASectionOnceAndSkipsEmptyOnes() throws {
        try temporary.readRoster([.named("s1", sisID: "", number: "n1"), .named("s2", sisID: "c2")])
        let schools = try temporary.schools()
        let asked = try temporary.read {
            try $0.sectionsToLookUp([.sisID, .sectionNumber, .id], schools: schools, limit: 9)
        }
        #expect(asked.map(\.codes) == [["n1", "s1"], ["c2", "s2"]])
        let limited = try temporary.read { try $0.sectionsToLookUp([.sisID], schools: schools, limit: 1) }
        #expect(limited.map(\.section) == [1])
    }

    @Test func pagesThroughTheSectionsToEnroll() throws {
        try temporary.readRoster([.named("s1", sisID: "c1"), .named("s2", sisID: "c2"), .named("s3")])
        try matchBoth()
        let schools = try temporary.schools()
        let first = try temporary.read { try $0.sectionsToEnroll(after: 0, schools: schools, limit: 1) }
        #expect(first.map(\.schoologyID) == [11])
        let second = try temporary.read { try $0.sectionsToEnroll(after: 1, schools: schools, limit: 9) }
        #expect(second.map(\.schoologyID) == [12])
    }

    // MARK: -

    private func matchBoth() throws {
        try temporary.storeSchoology(sections: [("c1", 11, true), ("c2", 12, true)])
        try temporary.matchSections()
    }

    private func sections(of student: String) throws -> [String] {
        let id = try temporary.studentID(student)
        let schools = try temporary.schools()
        return try temporary.read { tx in
            try schools.flatMap { try tx.dailyTargets(student: id, school: $0, policy: .allSections) }
                .compactMap { try tx.section($0)?.cleverID }
        }
    }

    private func sectionsToLookUp() throws -> [String] {
        let schools = try temporary.schools()
        return try temporary.read {
            try $0.sectionsToLookUp([.sisID], schools: schools, limit: 100).flatMap(\.codes)
        }
    }

    private func sectionsToEnroll() throws -> [Int64] {
        let schools = try temporary.schools()
        return try temporary.read {
            try $0.sectionsToEnroll(after: 0, schools: schools, limit: 100).map(\.section)
        }
    }

    private func studentsToLookUp() throws -> [String] {
        let schools = try temporary.schools()
        return try temporary.read { tx in
            try tx.studentsToLookUp([.init(.sisID), .init(.studentNumber)], schools: schools, limit: 100)
                .map { try tx.cleverIDs(Key(section: 0, student: $0.student, day: TemporaryState.day)).student }
        }
    }
}
