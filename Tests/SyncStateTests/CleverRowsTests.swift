import AttendanceCore
import GRDB
import Testing

@testable import SyncState

/// Rows for Clever and triggers, as they are stored.
@Suite struct CleverRowsTests {
    private let temporary: TemporaryState
    private static let now = TemporaryState.now

    init() throws {
        temporary = try TemporaryState()
    }

    private func enqueue(
        _ status: Status, student: Int64 = 1, isPutBack: Bool = false, now: Timestamp = TemporaryState.now
    ) throws -> OutboxItem {
        try temporary.write { tx in
            try tx.enqueue(
                temporary.key(student: student), side: .clever, status: status, cause: "schoology",
                isPutBack: isPutBack, cycle: 1, now: now)
        }
        return try #require(try row(student: student))
    }

    private func row(student: Int64 = 1) throws -> OutboxItem? {
        try temporary.read { try $0.outboxItem(temporary.key(student: student), side: .clever) }
    }

    private func upload(_ item: OutboxItem, watermark: Int64 = 1, now: Timestamp = TemporaryState.now) throws {
        try temporary.write { tx in
            try tx.markUploading([item])
            try tx.markUploaded([item], watermark: Timestamp(seconds: watermark), now: now)
        }
    }

    @Test func anUploadedRowWaitsForCleverAndKeepsItsFirstTime() throws {
        let item = try enqueue(.late)
        try upload(item)
        try upload(item, watermark: 9, now: Self.now + .hours(1))
        let stored = try #require(try row())
        #expect(stored.state == .unconfirmed)
        #expect(stored.uploads == [.late])
        #expect(stored.uploaded == Self.now)
        #expect(stored.uploadedWatermark == Timestamp(seconds: 1))
        let totals = try temporary.read { try $0.totals(now: Self.now) }
        #expect((totals.unconfirmed, totals.rowsToUpload, totals.undelivered, totals.outbox) == (1, 0, 0, 1))
    }

    @Test func anotherDecisionKeepsWhatTheFileHasCarried() throws {
        try upload(try enqueue(.late))
        let next = try enqueue(.absent)
        #expect(next.state == .pending)
        #expect(next.uploads == [.late])
        #expect(next.uploaded == nil)
        try upload(next)
        #expect(try row()?.uploads == [.late, .absent])
    }

    /// Of two rows for one of the district's keys the file carries that of the later decision.
    @Test func rowsGoInTheOrderOfTheirDecisions() throws {
        let first = try enqueue(.late)
        let second = try enqueue(.late, student: 2, now: Self.now + .minutes(1))
        func order() throws -> [Int64] { try temporary.read { try $0.rowsForClever().map(\.id) } }
        #expect(try order() == [first.id, second.id])
        _ = try enqueue(.absent, now: Self.now + .minutes(2))
        #expect(try order() == [second.id, first.id])
    }

    @Test func aRowThatIsLeftOutCallsForNoUploadUntilItIsNot() throws {
        let item = try enqueue(.late)
        func rows() throws -> Int { try temporary.read { try $0.rowsToUpload() } }
        #expect(try rows() == 1)
        try temporary.write { try $0.setLeftOut([(item, reason: "another goes")]) }
        #expect(try rows() == 0)
        #expect(try row()?.message == "another goes")
        try temporary.write { try $0.setLeftOut([]) }
        #expect(try rows() == 1)
        #expect(try row()?.message == nil)
    }

    @Test func aRowIsLookedUpOnceForEachDecision() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])], [.named("anna")])
        let item = try enqueue(.late)
        func wanted(from first: Day = TemporaryState.day - 3) throws -> [Int64] {
            try temporary.read { try $0.rowsToLookUp(daily: .homeroom, readFrom: first).compactMap(\.row) }
        }
        #expect(try wanted() == [item.id])
        try temporary.write { try $0.markLookedUp([item.id]) }
        #expect(try wanted() == [])
        // A day that isn't read any more: before every upload.
        #expect(try wanted(from: TemporaryState.day + 1) == [item.id])
        #expect(try enqueue(.absent).isLookedUp == false)
        #expect(try wanted() == [item.id])
    }

    @Test func theRecordsBehindARowAreItsSectionsAndTheDays() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])], [.named("anna")])
        _ = try enqueue(.late)
        let school = try temporary.schools()[0]
        let keys = try temporary.read { try $0.recordsBehindRows(day: TemporaryState.day, school: school) }
        #expect(keys == [RecordKey(student: "anna", section: "s1"), RecordKey(student: "anna", section: nil)])
        #expect(try temporary.read { try $0.recordsBehindRows(day: TemporaryState.day - 1, school: school) } == [])
    }

    @Test func aRowThatPutsBackBecomesAChangeOfItsOwnAgain() throws {
        try upload(try enqueue(.late))
        let back = try enqueue(.present, isPutBack: true)
        #expect(back.isPutBack)
        try upload(back, watermark: 2)
        try temporary.write { tx in
            try tx.run("UPDATE outbox SET undoes = 3")
            try tx.clearPutBack(back.id, cause: "schoology", cycle: 7, now: TemporaryState.now + .hours(1))
        }
        let again = try #require(try row())
        #expect(!again.isPutBack)
        #expect((again.state, again.uploaded, again.uploadedWatermark) == (.pending, nil, nil))
        #expect(again.uploads == [.late])
        // Nobody has judged it as a change.
        #expect((again.cause, again.cycle, again.held) == ("schoology", 7, nil))
        // It is as young as the decision, and undoes nothing any more.
        #expect((again.created, again.undoes) == (TemporaryState.now + .hours(1), nil))
        try temporary.write {
            try $0.clearPutBack(back.id, cause: "operator:anna", cycle: 8, now: TemporaryState.now)
        }
        #expect(try row()?.held == 0)
    }

    @Test func anUploadThatADecisionOvertookLeavesTheNewOneToBeSent() throws {
        let old = try enqueue(.late)
        _ = try enqueue(.absent)
        try upload(old)
        #expect(try row()?.state == .pending)
    }

    @Test func overdueIsSaidOnce() throws {
        try upload(try enqueue(.late))
        func overdue(_ limit: Timestamp) throws -> Int {
            try temporary.write { try $0.newlyOverdueRows(uploadedBefore: limit).count }
        }
        #expect(try overdue(Self.now) == 0)
        #expect(try overdue(Self.now + .hours(1)) == 1)
        #expect(try overdue(Self.now + .hours(2)) == 0)
        #expect(try temporary.read { try $0.totals(now: Self.now) }.overdue == 1)
        // A new decision has a time of its own.
        try upload(try enqueue(.absent), now: Self.now + .hours(3))
        #expect(try temporary.read { try $0.totals(now: Self.now) }.overdue == 0)
    }

    /// An operator gives a row up while the file that carries it is on its way.
    @Test(arguments: [true, false]) func aFileIsOutdatedThatCarriesAWithdrawnRow(isCarried: Bool) throws {
        let (row, other) = (try enqueue(.late), try enqueue(.late, student: 2))
        try temporary.write { tx in
            try tx.markUploading([row, other])
            try tx.dropOutboxItem(try #require(try tx.outboxItem(id: row.id)), reason: "no", now: Self.now)
            try tx.markUploaded(isCarried ? [row, other] : [other], watermark: nil, now: Self.now)
        }
        #expect(try temporary.read { try $0.number(.csvIsOutdated) } == (isCarried ? 1 : nil))
        // It can have been taken for as long as no other file has come.
        func isOurs(after span: Span) throws -> Bool {
            try temporary.read {
                try $0.canComeFromWithdrawnRow(temporary.key(), .late, modified: Self.now + span)
            }
        }
        #expect(try isOurs(after: .minutes(15)))
        #expect(try isOurs(after: .minutes(16)) == isCarried)
        let isOther = try temporary.read {
            try $0.canComeFromWithdrawnRow(temporary.key(), .absent, modified: Self.now)
        }
        #expect(!isOther)
        try temporary.write { try $0.markUploaded([other], watermark: nil, now: Self.now + .hours(1)) }
        #expect(try temporary.read { try $0.number(.csvIsOutdated) } == nil)
        #expect(try isOurs(after: .minutes(75)) == isCarried)
        #expect(try !isOurs(after: .minutes(76)))
    }

    /// No scan reads its day any more: Clever is asked about it for as long as it may have taken the file.
    @Test func aWithdrawnRowOfAnOldDayIsLookedUpUntilItsFileIsLongReplaced() throws {
        try temporary.readRoster([.named("s1", students: ["anna"])], [.named("anna")])
        try upload(try enqueue(.late))
        let uploaded = try #require(try row())
        try temporary.write { try $0.dropOutboxItem(uploaded, reason: "no", now: Self.now) }
        func keys(readFrom first: Day = TemporaryState.day + 1) throws -> [Key] {
            try temporary.read { try $0.withdrawnRowsToLookUp(daily: .homeroom, readFrom: first).map(\.key) }
        }
        #expect(try keys(readFrom: TemporaryState.day) == [])
        #expect(try keys() == [temporary.key()])
        // Another row of the same mark is looked up itself.
        _ = try enqueue(.absent)
        #expect(try keys() == [])
        try temporary.write {
            try $0.removeOutboxItem(try #require(try $0.outboxItem(temporary.key(), side: .clever)).id)
        }
        #expect(try keys() == [temporary.key()])

        func isForgotten(toldUntil watermark: Timestamp) throws -> Bool {
            try temporary.write { try $0.forgetWithdrawnRows([temporary.key()], toldUntil: watermark) }
            return try keys() == []
        }
        #expect(try !isForgotten(toldUntil: Self.now + .days(1)))
        try temporary.write { try $0.markUploaded([], watermark: nil, now: Self.now) }
        #expect(try !isForgotten(toldUntil: Self.now + .minutes(15)))
        #expect(try isForgotten(toldUntil: Self.now + .minutes(16)))
    }

    @Test func aDroppedRowThatWasUploadedMakesTheFileOutdated() throws {
        let item = try enqueue(.late)
        try upload(item)
        try temporary.write { tx in
            guard let stored = try tx.outboxItem(id: item.id) else { return }
            try tx.dropOutboxItem(stored, reason: "test", now: Self.now)
        }
        #expect(try temporary.read { try $0.number(.csvIsOutdated) } == 1)
        #expect(try temporary.read { try $0.mark(temporary.key()).refusedSchoology } == .late)
        // Until the next file has its real name.
        try upload(try enqueue(.absent))
        #expect(try temporary.read { try $0.number(.csvIsOutdated) } == nil)
    }

    @Test(arguments: [(Status.late, false), (.absent, true)])
    func aRowOnTheServerIsOutdatedOnceCleverSaysSomethingElse(clever: Status, isOutdated: Bool) throws {
        try upload(try enqueue(.late))
        try temporary.write { tx in
            try tx.noteOutdatedRow(temporary.key(), clever: clever)
            try tx.noteOutdatedRow(temporary.key(student: 2), clever: .excused)
        }
        #expect(try temporary.read { try $0.number(.csvIsOutdated) } == (isOutdated ? 1 : nil))
    }

    @Test func aStateOfTheFirstVersionIsBroughtUpWithoutLoss() throws {
        let path = temporary.folder.path + "/old.sqlite"
        let queue = try DatabaseQueue(path: path)
        try Migrations.all.migrate(queue, upTo: "1-foundation")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO mark(section, student, day, base, schoology) VALUES (1, 1, 20000, 1, 3), (1, 2, 20000, 2, 2);
                    INSERT INTO outbox(side, section, student, day, status, cause, cycle, created)
                        VALUES (1, 1, 3, 20000, 2, 'clever', 1, 5);
                    INSERT INTO conflict(section, student, day, base, clever, schoology, policy, outcome, state, detected,
                        cycle) VALUES (1, 4, 20000, 1, 2, 3, 'hold', 'held', 0, 5, 1);
                    """)
        }
        try queue.close()
        let state = try SyncState(directory: temporary.folder.path, district: "old", access: .exclusive)
        #expect(state.migratedFrom == "1-foundation")
        let day = Day(number: 20000)
        let marks = try state.reading { tx in try [1, 2].map { try tx.mark(Key(section: 1, student: $0, day: day)) } }
        #expect(marks.map(\.drift) == [.schoology, nil])
        #expect(marks.map(\.base) == [.present, .absent])
        #expect(try state.reading { try $0.outbox(deadOnly: false).map(\.uploads) } == [[]])
        #expect(try state.reading { try $0.conflicts(openOnly: true).map(\.decision) } == [nil])
        state.close()
    }
}
