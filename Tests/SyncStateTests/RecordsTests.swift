import AttendanceCore
import GRDB
import Testing

@testable import SyncState

@Suite struct RecordsTests {
    private let temporary: TemporaryState
    private let scans: ScanFixture

    init() throws {
        temporary = try TemporaryState()
        try temporary.readRoster(
            [
                .named("home", subject: "homeroom/advisory", period: "1", students: ["anna", "ben"]),
                .named("math", subject: "math", period: "2", students: ["anna"]),
            ], [.named("anna"), .named("ben")])
        scans = try ScanFixture(temporary)
    }

    // MARK: What a page stores

    @Test func aNewRecordIsToBeDecided() throws {
        try scans.store([update("anna", "home", .absent, "E")])
        let open = try openRecords()
        #expect(open.count == 1)
        #expect(
            open.first?.mark
                == CleverMark(status: .absent, excuseCode: "E", lastModified: TemporaryState.now, daily: false))
        #expect(open.first?.section == (try temporary.sectionID("home")))
        #expect(try openRecords(day: TemporaryState.day - 1).isEmpty)
        #expect(try openRecords(day: TemporaryState.day).count == 1)
    }

    @Test func aRecordReadsBackAsItWasStored() throws {
        try scans.store([update("anna", "home", .absent, "E"), update("ben", "", .tardy, nil)])
        let stored = try temporary.read { try $0.storedRecords(day: TemporaryState.day, school: scans.school) }
        #expect(
            stored == [
                RecordKey(student: "anna", section: "home"): StoredRecord(
                    status: .absent, code: "E", modified: TemporaryState.now),
                RecordKey(student: "ben", section: nil): StoredRecord(
                    status: .tardy, code: nil, modified: TemporaryState.now),
            ])
        #expect(try temporary.read { try $0.storedRecords(day: TemporaryState.day - 1, school: scans.school) }.isEmpty)
    }

    @Test(arguments: [RecordState.decided, .waitsForMatch, .waitsForMap])
    func whatSaysTheSameAgainStaysAsItIs(state: RecordState) throws {
        try scans.store([update("anna", "home", .absent, "E")])
        try setAll(state)
        try scans.store([update("anna", "home", .absent, "E", later: 60)])
        #expect(try openRecords().isEmpty)
    }

    @Test(
        arguments: [(.tardy, "E"), (.absent, "MED"), (.absent, nil), (.present, nil)] as [(CleverStatus, String?)])
    func whatSaysSomethingElseIsDecidedAgain(status: CleverStatus, code: String?) throws {
        try scans.store([update("anna", "home", .absent, "E")])
        try setAll(.decided)
        try scans.store([update("anna", "home", status, code, later: 60)])
        let open = try openRecords()
        #expect(open.map(\.mark.status) == [status])
        #expect(open.map(\.mark.excuseCode) == [code])
        #expect(open.map(\.mark.lastModified) == [TemporaryState.now + .seconds(60)])
    }

    @Test func whatIsNoNewerThanWhatIsStoredChangesNothing() throws {
        try scans.store([update("anna", "home", .absent, "E")])
        try setAll(.decided)
        for later in [0, -60] as [Int64] {
            try scans.store([update("anna", "home", .tardy, nil, later: later)])
            #expect(try openRecords().isEmpty)
        }
        let stored = try temporary.read { try $0.storedRecords(day: TemporaryState.day, school: scans.school) }
        #expect(stored.values.map(\.status) == [.absent])
    }

    @Test func saysWhetherAnIDIsNew() throws {
        /// The mark that a new id leaves in the state, taken away again for the next.
        func isWanted(afterStoring updates: [RecordUpdate]) throws -> Bool {
            try scans.store(updates)
            return try temporary.write { tx in
                defer { try? tx.set(.rosterWanted, nil) }
                return try tx.number(.rosterWanted) != nil
            }
        }
        #expect(try !isWanted(afterStoring: [update("anna", "home", .absent)]))
        #expect(try isWanted(afterStoring: [update("zoe", "home", .absent)]))
        #expect(try isWanted(afterStoring: [update("anna", "chess", .absent)]))
        #expect(try !isWanted(afterStoring: [update("zoe", "chess", .tardy, later: 1)]))
        #expect(try !isWanted(afterStoring: [update("anna", "", .absent)]))
    }

    @Test func newestDaysAreDecidedFirst() throws {
        try scans.store([update("anna", "home", .absent)], day: TemporaryState.day - 1)
        try scans.store([update("anna", "home", .absent)])
        #expect(try openRecords().map(\.day) == [TemporaryState.day, TemporaryState.day - 1])
        #expect(try temporary.read { try $0.openRecords(onlyDay: nil, limit: 1) }.map(\.day) == [TemporaryState.day])
    }

    // MARK: Daily records

    @Test func aDailyRecordWaitsUntilItsDayWasReadWhole() throws {
        try scans.store([update("anna", "", .absent)], done: false)
        #expect(try openRecords().isEmpty)
        try scans.store([], done: true)
        #expect(try openRecords().map(\.section) == [nil])
    }

    @Test func aSectionsRecordDoesNotWait() throws {
        try scans.store([update("anna", "home", .absent)], done: false)
        #expect(try openRecords().count == 1)
    }

    @Test func presentInTheSectionOutranksAnAbsenceOfTheDay() throws {
        try scans.store([update("anna", "", .absent, later: 600), update("anna", "home", .present)])
        #expect(try mark("anna", "home")?.status == .present)
        #expect(try mark("anna", "home")?.daily == false)
    }

    @Test func theDaysRecordIsTheMarkOfTheHomeroomAlone() throws {
        try scans.store([update("anna", "", .absent, "E")])
        #expect(
            try mark("anna", "home")
                == CleverMark(status: .absent, excuseCode: "E", lastModified: TemporaryState.now, daily: true))
        #expect(try mark("anna", "math") == nil)
        #expect(try mark("anna", "math", .allSections)?.daily == true)
        #expect(try mark("anna", "home", .none) == nil)
        #expect(try mark("anna", "home", .homeroom, day: TemporaryState.day - 1) == nil)
    }

    @Test func noRecordIsNoMark() throws {
        #expect(try mark("anna", "home") == nil)
    }

    @Test func knowsTheSectionsThatADailyRecordAppliesTo() throws {
        let (home, math) = (try temporary.sectionID("home"), try temporary.sectionID("math"))
        let anna = try temporary.studentID("anna")
        for (policy, expected) in [(DailyPolicy.homeroom, [home]), (.allSections, [home, math]), (.none, [])] {
            let targets = try temporary.read {
                try $0.dailyTargets(student: anna, school: scans.school, policy: policy)
            }
            #expect(targets == expected)
        }
        // A section of another school is none of this one's.
        #expect(try temporary.read { try $0.dailyTargets(student: anna, school: 999, policy: .allSections) } == [])
    }

    // MARK: Waiting

    @Test func whatWaitsIsCountedAndOpensAgainTogether() throws {
        try scans.store([
            update("anna", "home", .absent), update("ben", "home", .absent), update("anna", "math", .tardy),
        ])
        let open = try openRecords()
        try temporary.write { tx in
            try tx.setState(of: open[0], .waitsForMatch, reason: "no match")
            try tx.setState(of: open[1], .waitsForMap, reason: "no entry")
            try tx.setState(of: open[2], .decided)
        }
        #expect(try openRecords().isEmpty)
        var totals = try temporary.read { try $0.totals(now: TemporaryState.now) }
        #expect(totals.waiting == 1)
        #expect(totals.unmapped == 1)
        #expect(try temporary.write { try $0.reopenWaitingRecords() } == 2)
        #expect(try openRecords() == Array(open[0...1]))
        totals = try temporary.read { try $0.totals(now: TemporaryState.now) }
        #expect(totals.waiting == 0)
        #expect(totals.unmapped == 0)
        #expect(try temporary.write { try $0.reopenWaitingRecords() } == 0)
    }

    @Test func aKeyThatLostItsPlacePutsItsRecordsBackToWait() throws {
        try scans.store([
            update("anna", "home", .absent), update("anna", "", .absent), update("anna", "math", .absent),
            update("ben", "home", .absent),
        ])
        try setAll(.decided)
        let key = Key(
            section: try temporary.sectionID("home"), student: try temporary.studentID("anna"),
            day: TemporaryState.day)
        try temporary.write { try $0.waitForMatch(key, reason: "gone") }
        #expect(try temporary.write { try $0.reopenWaitingRecords() } == 2)
        let open = try openRecords()
        #expect(Set(open.map(\.section)) == [nil, key.section])
        #expect(open.allSatisfy { $0.student == key.student })
    }

    @Test func namesAKeyByCleversIDs() throws {
        let key = Key(
            section: try temporary.sectionID("home"), student: try temporary.studentID("anna"),
            day: TemporaryState.day)
        let names = try temporary.read { try $0.cleverIDs(key) }
        #expect(names == ("anna", "home"))
        #expect(try temporary.read { try $0.cleverIDs(Key(section: 0, student: 999, day: key.day)) } == ("", ""))
    }

    // MARK: -

    private func update(
        _ student: String, _ section: String, _ status: CleverStatus, _ code: String? = nil, later: Int64 = 0
    ) -> RecordUpdate {
        RecordUpdate(
            key: RecordKey(
                student: CleverID(student), section: section.isEmpty ? nil : CleverID(section)), status: status,
            code: code, sisID: nil,
            modified: TemporaryState.now + .seconds(later))
    }

    private func openRecords(day: Day? = nil) throws -> [OpenRecord] {
        try temporary.read { try $0.openRecords(onlyDay: day, limit: 100) }
    }

    private func setAll(_ state: RecordState) throws {
        try temporary.write { tx in
            for record in try tx.openRecords(onlyDay: nil, limit: 100) { try tx.setState(of: record, state) }
        }
    }

    private func mark(
        _ student: String, _ section: String, _ policy: DailyPolicy = .homeroom, day: Day = TemporaryState.day
    ) throws -> CleverMark? {
        let key = Key(section: try temporary.sectionID(section), student: try temporary.studentID(student), day: day)
        return try temporary.read { try $0.cleverMark(key, daily: policy) }
    }

    // MARK: Alone

    /// Everything that makes a record one that has to be looked at closely, one at a time.
    @Test(arguments: [
        "UPDATE section SET suspended_until = 1",  // That is asked when it is written.
        "INSERT INTO mark(section, student, day, base) VALUES (:section, :student, :day, 2)",
        "INSERT INTO outbox(side, section, student, day, status, cause, cycle, created) VALUES (1, :section, :student, :day, 2, '', 1, 1)",
        "INSERT INTO outbox(side, section, student, day, status, cause, cycle, created) VALUES (2, :section, :student, :day, 2, '', 1, 1)",
        "INSERT INTO csv_row(section, student, day, status) VALUES (:section, :student, :day, 1)",
        """
        INSERT INTO sent(section, student, day, status, cause, cycle, refused)
        VALUES (:section, :student, :day, 2, 'clever', 1, 0)
        """,
        """
        INSERT INTO conflict(section, student, day, base, clever, schoology, policy, outcome, state, detected, cycle)
        VALUES (:section, :student, :day, 1, 2, 3, 'hold', 'held', 0, 1, 1)
        """,
        """
        INSERT INTO clever_record(day, school, student, section, status, modified, state)
        VALUES (:day, 1, :student, 0, 1, 1, 0)
        """,
        """
        INSERT INTO clever_record(day, school, student, section, status, modified, state)
        VALUES (:day, 77, :student, :section, 1, 1, 0)
        """,
        "DELETE FROM membership", "UPDATE section SET schoology_id = NULL", "UPDATE student SET uid = NULL",
        "DELETE FROM schoology_enrollment", "UPDATE schoology_enrollment SET status = 5",
        "UPDATE schoology_enrollment SET admin = 1",
        """
        INSERT INTO schoology_enrollment(schoology_section, id, uid, admin, status)
        SELECT schoology_section, id + 1, uid, 0, 1 FROM schoology_enrollment
        """,
    ])
    func aRecordIsAloneWhereNothingElseIsKnown(sql: String) throws {
        try scans.store([update("anna", "home", .absent, "E"), update("ben", "home", .absent, "E")])
        let (section, student) = (try temporary.sectionID("home"), try temporary.studentID("anna"))
        try temporary.write { tx in
            try tx.run("UPDATE section SET schoology_id = 900 + id")
            try tx.run("UPDATE student SET uid = 70 + id")
            try tx.run(
                """
                INSERT INTO schoology_enrollment(schoology_section, id, uid, admin, status)
                SELECT 900 + ?, 1000 + 10 * id, 70 + id, 0, 1 FROM student
                """, [section])
        }
        let other = try temporary.studentID("ben")
        func alone() throws -> Set<Int64> { Set(try openRecords().filter(\.isAlone).map(\.student)) }
        #expect(try alone() == [student, other])
        let arguments: [String: any DatabaseValueConvertible] = [
            "section": section, "student": student, "day": TemporaryState.day.number,
        ]
        try temporary.write { tx in
            let statement = try tx.db.makeStatement(sql: sql)
            statement.setUncheckedArguments(StatementArguments(arguments.filter { sql.contains(":\($0.key)") }))
            try statement.execute()
        }
        #expect(try alone().contains(student) == sql.contains("suspended_until"))
        // Nothing of all that is about another student, unless it is about the section or about all.
        if sql.contains(":student") { #expect(try alone() == [other]) }
    }
}
