import AttendanceCore
import Testing

@testable import SyncState

/// What triggers said, as it is stored, and which sections are to be read.
@Suite struct TriggersTests {
    private static let now = TemporaryState.now
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"])], [.named("anna", sisID: "a1")])
        try temporary.storeSchoology(sections: [("c1", 901, nil)], enrollments: [901: [.member(71, uid: 1)]])
        try temporary.matchSections()
    }

    private func note(
        at now: Timestamp = TemporaryState.now, enrollment: Int64? = 71, editedAt: Timestamp? = nil
    ) throws {
        let notice = TriggerNotice(
            schoologySection: 901, enrollment: enrollment, day: TemporaryState.day, editedAt: editedAt)
        #expect(try temporary.write { try $0.note([notice], now: now) } == 1)
    }

    private func sectionID() throws -> Int64 { try temporary.sectionID("s1") }

    private func finishReading(startedAt: Timestamp, edited: Bool = false) throws {
        let section = try sectionID()
        try temporary.write {
            try $0.finishReading(section: section, schoologySection: 901, startedAt: startedAt, edited: edited)
        }
    }

    private func sections(triggeredBy: Timestamp = TemporaryState.now) throws -> [SectionToRead] {
        let schools = try temporary.schools()
        return try temporary.read {
            try $0.sectionsToRead(schools: schools, triggeredBy: triggeredBy, now: Self.now)
        }
    }

    private func triggered(by time: Timestamp) throws -> [Int64] {
        try temporary.read { try $0.triggeredSections(triggeredBy: time, now: Self.now) }
    }

    @Test func aSectionIsTriggeredSinceTheFirstOfAFlood() throws {
        try note()
        try note(at: Self.now + .seconds(9))
        #expect(try triggered(by: Self.now - .seconds(1)) == [])
        #expect(try triggered(by: Self.now) == [try sectionID()])
        #expect(try sections(triggeredBy: Self.now - .seconds(1)).map(\.isTriggered) == [false])
        #expect(try sections(triggeredBy: Self.now).map(\.isTriggered) == [true])
    }

    @Test func aReadAnswersTheTriggersThatCameBeforeItBegan() throws {
        try note()
        try finishReading(startedAt: Self.now)
        #expect(try temporary.read { try $0.hasTriggerNotes() } == false)
    }

    @Test func aTriggerThatCameDuringAReadWaitsFromThenOn() throws {
        try note()
        try note(at: Self.now + .seconds(9))
        try finishReading(startedAt: Self.now + .seconds(5))
        #expect(try temporary.read { try $0.hasTriggerNotes() })
        #expect(try triggered(by: Self.now + .seconds(8)) == [])
        #expect(try triggered(by: Self.now + .seconds(9)) == [try sectionID()])
    }

    @Test func remembersWhenASectionWasReadAndLastShowedAnEdit() throws {
        #expect(try sections().map(\.readAt) == [nil])
        try finishReading(startedAt: Self.now, edited: true)
        try finishReading(startedAt: Self.now + .minutes(5))
        #expect(try sections().map(\.readAt) == [Self.now + .minutes(5)])
        #expect(try sections().map(\.editedAt) == [Self.now])
    }

    @Test func aTriggersTimeIsBelievedBetweenTheLastReadAndItsArrival() throws {
        func time(_ editedAt: Timestamp?, lastRead: Timestamp?) throws -> Timestamp? {
            try note(editedAt: editedAt)
            defer { try? finishReading(startedAt: Self.now) }
            return try temporary.read {
                try $0.triggerTime(
                    schoologySection: 901, enrollment: 71, day: TemporaryState.day, lastRead: lastRead)
            }
        }
        let lastRead = Self.now - .minutes(10)
        #expect(try time(Self.now - .minutes(3), lastRead: lastRead) == Self.now - .minutes(3))
        #expect(try time(Self.now - .days(300), lastRead: lastRead) == lastRead)
        #expect(try time(Self.now - .days(300), lastRead: nil) == Self.now - .days(300))
        #expect(try time(Self.now + .days(300), lastRead: lastRead) == Self.now)
        #expect(try time(nil, lastRead: lastRead) == nil)
    }

    @Test func aSuspendedSectionIsNotReadBeforeItsTime() throws {
        let section = try sectionID()
        try note()
        for (until, isRead) in [(Self.now + .minutes(1), false), (Self.now, true)] {
            try temporary.write { try $0.suspend(section: section, until: until) }
            #expect(try sections().isEmpty == !isRead)
            #expect(try triggered(by: Self.now).isEmpty == !isRead)
        }
    }

    @Test func aSectionOfAPastTermIsNotRead() throws {
        for (active, isRead) in [(false, false), (true, true), (nil, true)] as [(Bool?, Bool)] {
            try temporary.storeSchoology(sections: [("c1", 901, active)])
            #expect(try sections().isEmpty == !isRead)
        }
    }

    /// The state leaves out those that ``ReadPlan`` would: for each time at which a section may have been read.
    @Test(arguments: [nil, -30, -11, -10, -9, -1, 0, 1, 30] as [Int64?], [false, true])
    func onlySectionsThatAreDueAreLookedAt(minutes: Int64?, isTriggered: Bool) throws {
        let interval = Span.minutes(10)
        let schools = try temporary.schools()
        if let minutes { try finishReading(startedAt: Self.now + .minutes(minutes)) }
        if isTriggered { try note() }
        let all = try sections()
        let due = try temporary.read {
            try $0.sectionsToRead(
                schools: schools, triggeredBy: Self.now, unreadSince: Self.now - interval, now: Self.now)
        }
        #expect(all.count == 1)
        #expect(due == all.filter { ReadPlan.isDue($0, now: Self.now, interval: interval) })
        let oldest = try temporary.read { try $0.oldestReading(schools: schools, now: Self.now) }
        #expect(oldest == .some(all[0].readAt))
    }

    @Test func theOldestReadingIsThatOfAnActiveSection() throws {
        let schools = try temporary.schools()
        #expect(try temporary.read { try $0.oldestReading(schools: [], now: Self.now) } == nil)
        #expect(try temporary.read { try $0.oldestReading(schools: schools, now: Self.now) } == .some(nil))
        try temporary.write { try $0.run("UPDATE section SET suspended_until = ?", [Self.now.milliseconds + 1]) }
        #expect(try temporary.read { try $0.oldestReading(schools: schools, now: Self.now) } == nil)
    }
}
