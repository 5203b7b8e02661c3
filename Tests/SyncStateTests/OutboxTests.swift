import AttendanceCore
import Testing

@testable import SyncState

@Suite struct OutboxTests {
    private static let now = TemporaryState.now
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
        try temporary.readRoster([.named("s1"), .named("s2")])
    }

    @Test func aDecisionWaitsToBeSent() throws {
        let item = try enqueue(.absent)
        #expect(
            item
                == OutboxItem(
                    id: item.id, side: .schoology, key: temporary.key(), status: .absent, sent: nil, state: .pending,
                    cause: "clever", cycle: 1, created: Self.now, attempts: 0, rounds: 0,
                    nextAttempt: Timestamp(milliseconds: 0), rosterRefreshed: false, code: nil, message: nil))
        #expect(try temporary.read { try $0.outboxItem(id: item.id) } == item)
        #expect(try temporary.read { try $0.outboxItem(temporary.key(), side: .clever) } == nil)
    }

    @Test func eachSideHasItsOwnWrite() throws {
        _ = try enqueue(.absent)
        _ = try enqueue(.late, side: .clever)
        #expect(try item().status == .absent)
        #expect(try item(side: .clever).status == .late)
        // Only Schoology's are pushed section by section.
        #expect(try due(nil) == [1])
        #expect(try temporary.read { try $0.itemsToPush(section: 1, dueBy: nil) }.map(\.side) == [.schoology])
    }

    // MARK: A newer decision

    @Test func aNewerDecisionTakesTheOldOnesPlace() throws {
        let old = try enqueue(.absent)
        try temporary.write { tx in
            try tx.postpone(
                old.id, until: Self.now + .hours(1), code: 500, message: "down", outcome: .notApplied, endsRound: true)
            try tx.markRosterRefreshed(old.id)
        }
        let new = try enqueue(.late, cause: "policy:clever", cycle: 2, now: Self.now + .minutes(5))
        #expect(new.status == .late)
        #expect(new.state == .pending)
        #expect(new.cause == "policy:clever")
        #expect(new.cycle == 2)
        #expect((new.attempts, new.rounds, new.rosterRefreshed) == (0, 0, false))
        #expect(new.nextAttempt == Timestamp(milliseconds: 0))
        #expect(new.code == nil && new.message == nil)
        #expect(try temporary.read { try $0.outbox(deadOnly: false) }.count == 1)
    }

    @Test func aNewerDecisionKeepsWhatMayHaveBeenSent() throws {
        let old = try enqueue(.absent)
        try temporary.write { try $0.markSent(old.id, status: .absent) }
        let new = try enqueue(.late)
        #expect(new.status == .late)
        #expect(new.sent == .absent)
        #expect(new.state == .unknown)
    }

    @Test func aNewerDecisionRevivesADeadLetter() throws {
        let old = try enqueue(.absent)
        try temporary.write { tx in
            try tx.markSent(old.id, status: .absent)
            try tx.markDead(old.id, code: 400, message: "no")
        }
        let new = try enqueue(.late)
        #expect(new.state == .pending)
        #expect(new.sent == nil)
        #expect(new.code == nil)
    }

    // MARK: Sending

    @Test func whatIsSentIsUnknownUntilItsAnswerComes() throws {
        let id = try enqueue(.absent).id
        try temporary.write { try $0.markSent(id, status: .excused) }
        let item = try item()
        #expect((item.status, item.sent, item.state, item.attempts) == (.excused, .excused, .unknown, 1))
        #expect(try temporary.read { try $0.totals(now: Self.now).unknown } == 1)
    }

    /// A mark whose code says that it failed may be there all the same, and is ours then.
    @Test(arguments: [TryOutcome.notApplied, .refused])
    func aRefusedWriteIsToBeTriedAgain(outcome: TryOutcome) throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markSent(id, status: .absent)
            try tx.postpone(id, until: Self.now, code: 503, message: "busy", outcome: outcome, endsRound: false)
        }
        let item = try item()
        #expect(item.sent == (outcome == .refused ? .absent : nil))
        #expect((item.state, item.attempts, item.rounds) == (.pending, 1, 0))
        #expect((item.code, item.message) == (503, "busy"))
        #expect(item.nextAttempt == Self.now)
    }

    @Test func aLostAnswerKeepsWhatWasSent() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markSent(id, status: .absent)
            try tx.postpone(id, until: Self.now, code: nil, message: "timeout", outcome: .unknown, endsRound: true)
        }
        let item = try item()
        #expect((item.sent, item.state, item.rounds) == (.absent, .unknown, 1))
        #expect(item.attempts == RetryPolicy.triesInACycle)
    }

    @Test func aTryThatWasNotMadeDoesNotCount() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markSent(id, status: .absent)
            try tx.notSent(id)
            // More often than it was sent.
            try tx.notSent(id)
        }
        let item = try item()
        #expect((item.sent, item.state, item.attempts) == (nil, .pending, 0))
    }

    @Test func aCycleGivesEveryWriteItsTriesAgain() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            for _ in 0..<3 { try tx.markSent(id, status: .absent) }
            try tx.resetAttempts()
        }
        #expect(try item().attempts == 0)
        #expect(try item().sent == .absent)
    }

    @Test func anAcknowledgedWriteIsGone() throws {
        let id = try enqueue(.absent).id
        try temporary.write { try $0.removeOutboxItem(id) }
        #expect(try temporary.read { try $0.outbox(deadOnly: false) }.isEmpty)
    }

    // MARK: Dead letters

    @Test func aDeadLetterIsNotSentAndSaysWhy() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markSent(id, status: .absent)
            try tx.markDead(id, code: 403, message: "not yours")
        }
        let item = try item()
        #expect((item.state, item.sent, item.code, item.message) == (.dead, nil, 403, "not yours"))
        #expect(try due(nil).isEmpty)
        #expect(try temporary.read { try $0.itemsToPush(section: 1, dueBy: nil) }.isEmpty)
        _ = try enqueue(.late, key: temporary.key(student: 2))
        #expect(try temporary.read { try $0.outbox(deadOnly: true) }.map(\.id) == [id])
        #expect(try temporary.read { try $0.outbox(deadOnly: false) }.count == 2)
    }

    @Test func aDeadLetterThatIsRetriedIsDueAtOnce() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markRosterRefreshed(id)
            try tx.postpone(
                id, until: Self.now + .hours(8), code: 404, message: "", outcome: .notApplied, endsRound: true)
            try tx.markDead(id, code: 404, message: "gone")
        }
        #expect(try temporary.write { try $0.retryOutboxItem(id) })
        let item = try item()
        #expect((item.state, item.rosterRefreshed, item.attempts) == (.pending, false, 0))
        #expect(try due(Self.now) == [1])
        #expect(try temporary.write { try $0.retryOutboxItem(id + 1) } == false)
    }

    @Test func aRetryOfWhatMayHaveArrivedIsStillReadBackFirst() throws {
        let id = try enqueue(.absent).id
        try temporary.write { tx in
            try tx.markSent(id, status: .absent)
            _ = try tx.retryOutboxItem(id)
        }
        #expect(try item().state == .unknown)
    }

    // MARK: What is due

    @Test func onlyWhatIsDueGoes() throws {
        let id = try enqueue(.absent).id
        try temporary.write {
            try $0.postpone(
                id, until: Self.now + .hours(1), code: 500, message: nil, outcome: .notApplied, endsRound: true)
        }
        #expect(try due(Self.now).isEmpty)
        #expect(try due(Self.now + .hours(1)) == [1])
        // `once` asks for all.
        #expect(try due(nil) == [1])
        #expect(try temporary.read { try $0.itemsToPush(section: 1, dueBy: Self.now) }.isEmpty)
        #expect(try temporary.read { try $0.itemsToPush(section: 1, dueBy: Self.now + .hours(1)) }.count == 1)
    }

    @Test func aSectionsWritesGoNewestDayFirst() throws {
        for (student, back) in [(1, 2), (2, 0), (3, 1), (1, 0)] as [(Int64, Int)] {
            _ = try enqueue(.absent, key: temporary.key(student: student, day: TemporaryState.day - back))
        }
        _ = try enqueue(.absent, key: temporary.key(section: 2))
        _ = try due(nil)
        let items = try temporary.read { try $0.itemsToPush(section: 1, dueBy: nil) }
        #expect(items.map(\.key.day) == [0, 0, 1, 2].map { TemporaryState.day - $0 })
        #expect(items.map(\.key.student) == [1, 2, 3, 1])
        let sections = try temporary.read { try $0.sectionsToPush(dueBy: nil, now: Self.now) }
        #expect(Dictionary(uniqueKeysWithValues: sections.map { ($0.section, $0.days.count) }) == [1: 4, 2: 1])
    }

    @Test func aSuspendedSectionWaitsForItsTime() throws {
        _ = try enqueue(.absent)
        try temporary.write { try $0.suspend(section: 1, until: Self.now + .hours(24)) }
        #expect(try due(nil).isEmpty)
        #expect(try temporary.read { try $0.totals(now: Self.now).suspendedSections } == 1)
        #expect(try temporary.read { try $0.section(1)?.suspendedUntil } == Self.now + .hours(24))
        #expect(try due(nil, now: Self.now + .hours(24)) == [1])
        try temporary.write { try $0.suspend(section: 1, until: nil) }
        #expect(try due(nil) == [1])
    }

    // MARK: Totals

    @Test func totalsTellWritesFromDeadLetters() throws {
        _ = try enqueue(.absent, now: Self.now + .minutes(2))
        let dead = try enqueue(.absent, key: temporary.key(student: 2))
        let sent = try enqueue(.late, key: temporary.key(student: 3), now: Self.now + .minutes(1))
        try temporary.write { tx in
            try tx.markDead(dead.id, code: 400, message: nil)
            try tx.markSent(sent.id, status: .late)
        }
        let totals = try temporary.read { try $0.totals(now: Self.now) }
        #expect((totals.outbox, totals.dead, totals.unknown) == (3, 1, 1))
        #expect(totals.oldestPending == Self.now + .minutes(1))
        #expect(totals.fields.first { $0.name == "pending" }?.value == 2)
        #expect(totals.fields.first { $0.name == "dead" }?.value == 1)
    }

    @Test func aSupersededWriteIsAsOldAsTheFirstDecision() throws {
        _ = try enqueue(.absent)
        _ = try enqueue(.late, now: Self.now + .hours(1))
        #expect(try temporary.read { try $0.totals(now: Self.now).oldestPending } == Self.now)
    }

    @Test func driftIsCountedOnEitherSide() throws {
        var mark = StoredMark()
        mark.drift = .clever
        try temporary.write { tx in
            try tx.save(mark, temporary.key())
            mark.drift = .schoology
            mark.observe(.late, at: Self.now)
            try tx.save(mark, temporary.key(student: 2))
        }
        #expect(try temporary.read { try $0.totals(now: Self.now).drift } == 2)
        #expect(try temporary.read { try $0.mark(temporary.key()).drift } == .clever)
    }

    @Test func anEmptyStateHasNothingToShow() throws {
        #expect(try temporary.read { try $0.totals(now: Self.now) } == StateTotals())
    }

    @Test func unmatchedSectionsAndStudentsOfTheRosterAreCounted() throws {
        try temporary.readRoster([.named("s1", sisID: "c1", students: ["anna"])], [.named("anna", sisID: "a1")])
        try temporary.matchSections()
        try temporary.matchStudents()
        var totals = try temporary.read { try $0.totals(now: Self.now) }
        #expect((totals.unmatchedSections, totals.unmatchedStudents) == (1, 1))
        // Who has left the roster is nobody's task any more.
        try temporary.readRoster([.named("s9")])
        totals = try temporary.read { try $0.totals(now: Self.now) }
        #expect((totals.unmatchedSections, totals.unmatchedStudents) == (0, 0))
    }

    // MARK: -

    private func enqueue(
        _ status: Status, key: Key? = nil, side: Side = .schoology, cause: String = "clever", cycle: Int64 = 1,
        now: Timestamp = TemporaryState.now
    ) throws -> OutboxItem {
        let key = key ?? temporary.key()
        try temporary.write {
            try $0.enqueue(key, side: side, status: status, cause: cause, cycle: cycle, now: now)
        }
        return try item(key, side: side)
    }

    private func item(_ key: Key? = nil, side: Side = .schoology) throws -> OutboxItem {
        try #require(try temporary.read { try $0.outboxItem(key ?? temporary.key(), side: side) })
    }

    /// As the safety valve lets everything pass.
    private func due(_ dueBy: Timestamp?, now: Timestamp = TemporaryState.now) throws -> [Int64] {
        try temporary.write { try $0.letPass(side: .schoology) }
        return try temporary.read { try $0.sectionsToPush(dueBy: dueBy, now: now).map(\.section).sorted() }
    }
}
