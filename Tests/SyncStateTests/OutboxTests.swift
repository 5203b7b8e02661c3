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
                    id: item.id, side: .schoology, key: temporary.key(), status: .absent, state: .pending,
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
                old, until: Self.now + .hours(1), code: 500, message: "down", outcome: .notApplied, endsRound: true)
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
        try temporary.write { try $0.markSent(old, status: .absent, enrollment: 77, cycle: 3) }
        let new = try enqueue(.late, cause: "policy:clever", cycle: 4)
        #expect(new.status == .late)
        #expect(new.state == .unknown)
        // With who decided that, and when it was sent.
        #expect(try sent() == SentMark(status: .absent, enrollment: 77, cause: "clever", cycle: 3))
    }

    @Test func whatMayHaveBeenSentOutlivesItsWrite() throws {
        let item = try enqueue(.absent)
        try temporary.write { tx in
            try tx.markSent(item, status: .absent, enrollment: 77, cycle: 1)
            try tx.dropOutboxItem(item, reason: "no", now: Self.now)
        }
        #expect(try sent()?.status == .absent)
        #expect(try temporary.read { try $0.totals(now: Self.now).unknown } == 0)
        let day = TemporaryState.day
        #expect(
            try temporary.read { try $0.sentMarks(section: 1, from: day, through: day) } == [temporary.key(): sent()])
        #expect(try temporary.read { try $0.sentMarks(section: 1, from: day + 1, through: day + 9) }.isEmpty)
        #expect(try temporary.read { try $0.sentMarks(section: 2, from: day, through: day) }.isEmpty)
        try temporary.write { try $0.forgetSent(temporary.key()) }
        #expect(try sent() == nil)
    }

    @Test func aNewerDecisionRevivesADeadLetter() throws {
        let old = try enqueue(.absent)
        try temporary.write { tx in
            try tx.markDead(old.id, code: 400, message: "no")
        }
        let new = try enqueue(.late)
        #expect(new.state == .pending)
        #expect(new.code == nil)
    }

    // MARK: Sending

    @Test func whatIsSentIsUnknownUntilItsAnswerComes() throws {
        let decided = try enqueue(.absent)
        try temporary.write { try send(decided, .excused, $0) }
        let item = try item()
        #expect((item.status, item.state, item.attempts) == (.excused, .unknown, 1))
        #expect(try sent()?.status == .excused)
        #expect(try temporary.read { try $0.totals(now: Self.now).unknown } == 1)
    }

    /// A mark whose code says that it failed may be there all the same, and is ours then.
    @Test(arguments: [TryOutcome.notApplied, .refused])
    func aRefusedWriteIsToBeTriedAgain(outcome: TryOutcome) throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            try send(decided, .absent, tx)
            try tx.postpone(decided, until: Self.now, code: 503, message: "busy", outcome: outcome, endsRound: false)
        }
        let item = try item()
        #expect(try sent()?.status == (outcome == .refused ? .absent : nil))
        #expect((item.state, item.attempts, item.rounds) == (.pending, 1, 0))
        #expect((item.code, item.message) == (503, "busy"))
        #expect(item.nextAttempt == Self.now)
    }

    @Test func aLostAnswerKeepsWhatWasSent() throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            try send(decided, .absent, tx)
            try tx.postpone(decided, until: Self.now, code: nil, message: "timeout", outcome: .unknown, endsRound: true)
        }
        let item = try item()
        #expect((item.state, item.rounds) == (.unknown, 1))
        #expect(try sent()?.status == .absent)
        #expect(item.attempts == RetryPolicy.triesInACycle)
    }

    @Test func aTryThatWasNotMadeDoesNotCount() throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            try send(decided, .absent, tx)
            try tx.notSent(decided)
            // More often than it was sent.
            try tx.notSent(decided)
        }
        let item = try item()
        #expect((item.state, item.attempts) == (.pending, 0))
        #expect(try sent() == nil)
    }

    @Test func aCycleGivesEveryWriteItsTriesAgain() throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            for _ in 0..<3 { try send(decided, .absent, tx) }
            try tx.resetAttempts()
        }
        #expect(try item().attempts == 0)
        #expect(try sent()?.status == .absent)
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
            try tx.markDead(id, code: 403, message: "not yours")
        }
        let item = try item()
        #expect((item.state, item.code, item.message) == (.dead, 403, "not yours"))
        #expect(try due(nil).isEmpty)
        #expect(try temporary.read { try $0.itemsToPush(section: 1, dueBy: nil) }.isEmpty)
        _ = try enqueue(.late, key: temporary.key(student: 2))
        #expect(try temporary.read { try $0.outbox(deadOnly: true) }.map(\.id) == [id])
        #expect(try temporary.read { try $0.outbox(deadOnly: false) }.count == 2)
    }

    @Test func aDeadLetterThatIsRetriedIsDueAtOnce() throws {
        let decided = try enqueue(.absent)
        let id = decided.id
        try temporary.write { tx in
            try tx.markRosterRefreshed(id)
            try tx.postpone(
                decided, until: Self.now + .hours(8), code: 404, message: "", outcome: .notApplied, endsRound: true)
            try tx.markDead(id, code: 404, message: "gone")
        }
        #expect(try temporary.write { try $0.retryOutboxItem(id) })
        let item = try item()
        #expect((item.state, item.rosterRefreshed, item.attempts) == (.pending, false, 0))
        #expect(try due(Self.now) == [1])
        #expect(try temporary.write { try $0.retryOutboxItem(id + 1) } == false)
    }

    @Test func aRetryOfWhatMayHaveArrivedIsStillReadBackFirst() throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            try send(decided, .absent, tx)
            _ = try tx.retryOutboxItem(decided.id)
        }
        #expect(try item().state == .unknown)
    }

    /// A section that can't be read tells nothing of what was sent there before.
    @Test func aWriteThatIsPutOffWithoutATryKeepsWhatWasSent() throws {
        let decided = try enqueue(.absent)
        try temporary.write { tx in
            try send(decided, .absent, tx)
            try tx.postpone(decided, until: Self.now, code: 400, message: "no", outcome: nil, endsRound: true)
        }
        #expect(try item().state == .unknown)
        try temporary.write { tx in
            try tx.postpone(decided, until: Self.now, code: 500, message: "no", outcome: .refused, endsRound: true)
            try tx.postpone(decided, until: Self.now, code: 400, message: "no", outcome: nil, endsRound: true)
            _ = try tx.retryOutboxItem(decided.id)
        }
        // Its answer did come, whatever was made of the write since.
        #expect(try item().state == .pending)
        #expect(try sent()?.status == .absent)
    }

    // MARK: What is due

    @Test func onlyWhatIsDueGoes() throws {
        let decided = try enqueue(.absent)
        try temporary.write {
            try $0.postpone(
                decided, until: Self.now + .hours(1), code: 500, message: nil, outcome: .notApplied, endsRound: true)
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
            try send(sent, .late, tx)
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

    @Test func whatPassedCountsFromTheCycleThatDecidedWhatIsLeft() throws {
        let day = temporary.key().day
        func passed(_ side: Side = .schoology, since cycle: Int64) throws -> Int {
            try temporary.read { try $0.passed(side: side, day: day, since: cycle) }
        }
        try temporary.write { tx in
            try tx.notePassed(2, side: .schoology, day: day, cycle: 4)
            try tx.notePassed(3, side: .schoology, day: day, cycle: 4)
            try tx.notePassed(1, side: .schoology, day: day, cycle: 5)
            try tx.notePassed(7, side: .schoology, day: day - 1, cycle: 5)
            try tx.notePassed(9, side: .clever, day: day, cycle: 4)
        }
        #expect(try passed(since: 4) == 6)
        #expect(try passed(since: 5) == 1)
        #expect(try passed(.clever, since: 4) == 9)
        // Nothing is left to be judged but what the fifth cycle may still decide.
        try temporary.write { try $0.letPass(side: .schoology, cycle: 5) }
        #expect(try passed(since: 0) == 1)
        #expect(try passed(.clever, since: 0) == 9)
        // What is judged anew doesn't count twice.
        try temporary.write { try $0.judgeEverythingAnew() }
        #expect(try passed(since: 0) == 0 && passed(.clever, since: 0) == 0)
    }

    private func send(_ item: OutboxItem, _ status: Status, _ tx: Transaction) throws {
        try tx.markSent(item, status: status, enrollment: 77, cycle: 1)
    }

    private func sent() throws -> SentMark? { try temporary.read { try $0.sentMark(temporary.key()) } }

    private func item(_ key: Key? = nil, side: Side = .schoology) throws -> OutboxItem {
        try #require(try temporary.read { try $0.outboxItem(key ?? temporary.key(), side: side) })
    }

    /// As the safety valve lets everything pass.
    private func due(_ dueBy: Timestamp?, now: Timestamp = TemporaryState.now) throws -> [Int64] {
        try temporary.write { try $0.letPass(side: .schoology, cycle: 1) }
        return try temporary.read { try $0.sectionsToPush(dueBy: dueBy, now: now).map(\.section).sorted() }
    }
}
