import AttendanceCore
import Testing

@testable import SyncState

@Suite struct MarksTests {
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
    }

    @Test func aKeyThatWasNeverSeenIsPresentEverywhere() throws {
        let mark = try temporary.read { try $0.mark(temporary.key()) }
        #expect(mark == StoredMark())
        #expect(mark.base == .present)
        #expect(mark.schoology == nil)
    }

    @Test func readsBackWhatWasStoredForEachKeyAlone() throws {
        var mark = StoredMark()
        mark.base = .absent
        mark.schoology = .late
        mark.schoologySeen = TemporaryState.now
        mark.refusedClever = .excused
        mark.refusedSchoology = .late
        let key = temporary.key()
        try temporary.write { try $0.save(mark, key) }
        #expect(try temporary.read { try $0.mark(key) } == mark)
        for other in [temporary.key(section: 2), temporary.key(student: 2), temporary.key(day: key.day + 1)] {
            #expect(try temporary.read { try $0.mark(other) } == StoredMark())
        }
        mark.base = .excused
        mark.refusedClever = nil
        try temporary.write { try $0.save(mark, key) }
        #expect(try temporary.read { try $0.mark(key) } == mark)
        // Nothing of a stored mark outlives the next.
        mark.schoology = .absent
        mark.schoologySeen = TemporaryState.now + .hours(1)
        mark.refusedClever = .late
        mark.refusedSchoology = .absent
        mark.drift = .schoology
        mark.enrollment = 7
        try temporary.write { try $0.save(mark, key) }
        #expect(try temporary.read { try $0.mark(key) } == mark)
        #expect(try rows() == 1)
    }

    @Test func theRowVanishesWhenItIsPresentEverywhere() throws {
        var mark = StoredMark()
        mark.base = .absent
        try temporary.write { try $0.save(mark, temporary.key()) }
        #expect(try rows() == 1)
        mark.base = .present
        mark.schoology = .present
        mark.schoologySeen = TemporaryState.now
        try temporary.write { try $0.save(mark, temporary.key()) }
        #expect(try rows() == 0)
        #expect(try temporary.read { try $0.mark(temporary.key()) } == StoredMark())
    }

    @Test(arguments: Status.allCases)
    func aRefusalOrAnotherValueKeepsTheRow(status: Status) throws {
        var refusedClever = StoredMark()
        refusedClever.refusedClever = status
        var refusedSchoology = StoredMark()
        refusedSchoology.refusedSchoology = status
        for mark in [refusedClever, refusedSchoology] {
            try temporary.write { try $0.save(mark, temporary.key()) }
            #expect(try temporary.read { try $0.mark(temporary.key()) } == mark)
        }
        var seen = StoredMark()
        seen.schoology = status
        try temporary.write { try $0.save(seen, temporary.key()) }
        #expect(try rows() == (status == .present ? 0 : 1))
    }

    @Test func knowsTheKeysOfAWindowFromItsFirstDayThroughItsLast() throws {
        var mark = StoredMark()
        mark.observe(.late, at: TemporaryState.now)
        try temporary.write { tx in
            for offset in 0..<4 { try tx.save(mark, temporary.key(day: TemporaryState.day + offset)) }
            try tx.save(mark, temporary.key(section: 2, day: TemporaryState.day + 1))
        }
        let keys = try temporary.read {
            try $0.storedKeys(section: 1, from: TemporaryState.day + 1, through: TemporaryState.day + 2)
        }
        #expect(keys.map(\.key.day).sorted() == [TemporaryState.day + 1, TemporaryState.day + 2])
        #expect(keys.allSatisfy { $0.key.section == 1 && $0.schoology == .late })
    }

    @Test func keepsTheTimeOfTheReadThatFirstShowedAnEdit() {
        var mark = StoredMark()
        mark.observe(.late, at: Timestamp(seconds: 1))
        mark.observe(.late, at: Timestamp(seconds: 2))
        #expect(mark.schoologySeen == Timestamp(seconds: 1))
        mark.observe(.absent, at: Timestamp(seconds: 3))
        #expect(mark.schoologySeen == Timestamp(seconds: 3))
        mark.observe(.present, at: Timestamp(seconds: 4))
        #expect(mark.schoologySeen == Timestamp(seconds: 4))
        #expect(mark.schoology == .present)
    }

    @Test func aFirstReadThatShowsPresentShowsNoEdit() {
        var mark = StoredMark()
        mark.observe(.present, at: Timestamp(seconds: 1))
        #expect(mark.schoology == .present)
        #expect(mark.schoologySeen == nil)
    }

    @Test func theAuditTrailOnlyGrows() throws {
        let cycle = try temporary.write { try $0.beginCycle(kind: "once", now: TemporaryState.now) }
        try temporary.write { tx in
            for side in [Side.clever, .schoology, nil] {
                try tx.audit(
                    temporary.key(), side: side, was: .present, now: .absent, cause: "clever", cycle: cycle,
                    at: TemporaryState.now)
            }
            try tx.finishCycle(cycle, outcome: "done", reason: nil, counts: "{}", now: TemporaryState.now)
        }
        let lines = try temporary.read { tx in
            try tx.rows("SELECT side, was, now, cycle, section, student, day FROM audit ORDER BY id").map { row in
                (0..<7).map { row[$0] as Int64 }
            }
        }
        #expect(lines == [2, 1, 0].map { [$0, 1, 2, cycle, 1, 1, Int64(TemporaryState.day.number)] })
        #expect(try temporary.read { try $0.count("SELECT count(*) FROM cycle WHERE outcome = 'done'") } == 1)
    }

    private func rows() throws -> Int { try temporary.read { try $0.count("SELECT count(*) FROM mark") } }
}
