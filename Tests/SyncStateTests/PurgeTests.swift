import AttendanceCore
import Foundation
import Testing

@testable import SyncState

@Suite struct PurgeTests {
    private let state: TemporaryState
    private let section: Int64
    private let student: Int64
    /// 30 days are kept: this is the first of them.
    private let first = TemporaryState.day - 30
    private let limits = PurgeLimits(
        retention: .days(30), lookback: .days(14), today: TemporaryState.day, now: TemporaryState.now)

    init() throws {
        state = try TemporaryState()
        section = try state.sectionID("section")
        student = try state.studentID("student")
    }

    private func key(_ day: Day) -> Key { Key(section: section, student: student, day: day) }

    /// Both sides have agreed on absent on that day, when it was today.
    private func agree(on day: Day, _ tx: Transaction) throws {
        let then = TemporaryState.now - .days(Int64(TemporaryState.day.number - day.number))
        var mark = StoredMark()
        (mark.base, mark.schoology) = (.absent, .absent)
        try tx.save(mark, key(day))
        try tx.storeRecord(
            day: day, school: 1, student: student, section: section, status: .absent, code: nil, sisID: nil,
            modified: then)
        for record in try tx.openRecords(onlyDay: day, limit: 10) { try tx.setState(of: record, .decided) }
        let cycle = try tx.beginCycle(kind: "scheduled", now: then)
        try tx.audit(key(day), side: .schoology, was: .present, now: .absent, cause: "clever", cycle: cycle, at: then)
        try tx.finishCycle(cycle, outcome: "done", reason: nil, counts: "{}", now: then)
    }

    private func purgeAll() throws -> PurgeTotals {
        var totals = PurgeTotals()
        for kind in PurgedRows.allCases {
            while true {
                let count = try state.write { try $0.purge(kind, limits, limit: 2) }
                totals.add(count, kind)
                if count < 2 { break }
            }
        }
        return totals
    }

    private func marks() throws -> [Day] { try state.read { try $0.bases().map(\.key.day).sorted() } }

    @Test func whatIsOlderGoesAndTheRestStays() throws {
        try state.write { tx in for back in (0..<40).reversed() { try agree(on: TemporaryState.day - back, tx) } }
        let foreseen = try state.read { try $0.purgeable(limits) }
        let done = try purgeAll()
        #expect(foreseen == done)
        #expect((done[.marks], done[.records], done[.audit], done[.cycles]) == (9, 9, 9, 9))
        #expect(try marks() == (0...30).map { first + $0 })
        #expect(try state.read { try $0.purgeable(limits) }.sum == 0)
    }

    /// Nobody reads days that old any more; a write that waits for one keeps it.
    @Test func whatWasSentLongAgoIsForgotten() throws {
        let days = [first - 2, first - 1, first]
        try state.write { tx in
            for day in days {
                try tx.enqueue(
                    key(day), side: .schoology, status: .late, cause: "clever", cycle: 1, now: .init(seconds: 1))
                let item = try #require(try tx.outboxItem(key(day), side: .schoology))
                try tx.markSent(item, status: .late, enrollment: 77, cycle: 1)
                if day != first - 1 { try tx.removeOutboxItem(item.id) }
            }
        }
        _ = try purgeAll()
        #expect(try state.read { tx in try days.map { try tx.sentMark(key($0)) != nil } } == [false, true, true])
    }

    @Test func theAuditTrailStaysAChain() throws {
        try state.write { tx in for back in (0..<40).reversed() { try agree(on: TemporaryState.day - back, tx) } }
        guard case .whole(40, let digest) = try state.read({ try $0.verifyAuditTrail() }) else {
            Issue.record("not whole before")
            return
        }
        _ = try purgeAll()
        #expect(try state.read { try $0.verifyAuditTrail() } == .whole(lines: 31, digest: digest))
        #expect(try state.read { try $0.auditLinesCutOff() } == false)
        // What is written afterwards goes on from there.
        try state.write { try agree(on: TemporaryState.day + 1, $0) }
        guard case .whole(32, _) = try state.read({ try $0.verifyAuditTrail() }) else {
            Issue.record("not whole afterwards")
            return
        }
        // The line that is the oldest now is covered as well.
        try state.write { try $0.run("UPDATE audit SET now = 3 WHERE id = (SELECT min(id) FROM audit)") }
        guard case .broken = try state.read({ try $0.verifyAuditTrail() }) else {
            Issue.record("a change went unseen")
            return
        }
    }

    @Test func aTrailThatWasPurgedWholeGoesOn() throws {
        try state.write { try agree(on: first - 5, $0) }
        _ = try purgeAll()
        #expect(try state.read { try $0.auditLinesCutOff() } == false)
        try state.write { try agree(on: TemporaryState.day, $0) }
        guard case .whole(1, _) = try state.read({ try $0.verifyAuditTrail() }) else {
            Issue.record("not whole")
            return
        }
    }

    /// The trail is cut at one place: what a clock that was set back dates before it stays until all of it is old.
    @Test func aLineOfAClockThatWasSetBackBreaksNothing() throws {
        try state.write { tx in
            try agree(on: first + 3, tx)
            try agree(on: first - 5, tx)
        }
        #expect(try purgeAll()[.audit] == 0)
        guard case .whole(2, _) = try state.read({ try $0.verifyAuditTrail() }) else {
            Issue.record("not whole")
            return
        }
    }

    @Test func linesCutOffAtTheEndShow() throws {
        try state.write { tx in for back in 0..<3 { try agree(on: TemporaryState.day - back, tx) } }
        try state.write { try $0.run("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)") }
        #expect(try state.read { try $0.auditLinesCutOff() })
    }

    enum Waiting: String, CaseIterable {
        case write, deadLetter, openConflict, unmatched, unmapped, uploadedRow
    }

    /// Without its base, what waits would be decided as something else; without its record it would never be.
    @Test(arguments: Waiting.allCases) func whatStillWaitsIsKept(waiting: Waiting) throws {
        let day = first - 3
        try state.write { tx in
            try agree(on: day, tx)
            try agree(on: day - 1, tx)
            let now = TemporaryState.now
            switch waiting {
            case .write, .deadLetter, .uploadedRow:
                try tx.enqueue(
                    key(day), side: waiting == .uploadedRow ? .clever : .schoology, status: .late, cause: "clever",
                    cycle: 1, now: now)
                let item = try #require(try tx.outbox(deadOnly: false).first)
                if waiting == .deadLetter { try tx.markDead(item.id, code: 403, message: nil) }
                if waiting == .uploadedRow {
                    try tx.markUploaded([item], watermark: nil, now: now)
                    try tx.removeOutboxItem(item.id)
                }
            case .openConflict:
                _ = try tx.logConflict(
                    key(day), MergeInput(base: .absent, clever: .late, schoology: .excused), policy: "hold",
                    outcome: "held", open: true, cycle: 1, now: now)
            case .unmatched, .unmapped:
                try tx.run(
                    "UPDATE clever_record SET state = ? WHERE day = ?", [waiting == .unmatched ? 2 : 3, day.number])
            }
        }
        let done = try purgeAll()
        #expect((done[.marks], done[.records]) == (1, 1))
        #expect(try marks() == [day])
        #expect(try state.read { try $0.keptThoughOld(limits) } == 1)
    }

    @Test func whoHasLeftTheRosterWaitsForNothing() throws {
        try state.readRoster([.init(section: "other", students: ["somebody"])])
        try state.readRoster([.init(section: "other", students: ["somebody"])])
        try state.write { tx in
            try agree(on: first - 3, tx)
            try tx.run("UPDATE clever_record SET state = 2")
        }
        #expect(try purgeAll()[.records] == 1)
    }

    @Test func daysThatABackfillHasYetToGoOverAreKept() throws {
        try state.write { tx in
            try agree(on: first - 3, tx)
            try agree(on: first - 5, tx)
            try tx.run(
                "INSERT INTO backfill(first, last, requested, requested_by) VALUES (?, ?, 0, 'anna')",
                [(first - 4).number, (first - 2).number])
        }
        #expect(try purgeAll()[.marks] == 1)
        #expect(try marks() == [first - 3])
    }

    @Test func decidedConflictsGoAndOpenOnesStay() throws {
        let then = TemporaryState.now - .days(40)
        try state.write { tx in
            for (index, isOpen) in [true, false].enumerated() {
                _ = try tx.logConflict(
                    key(first - 10 - index), MergeInput(base: .present, clever: .late, schoology: .absent),
                    policy: "hold", outcome: "held", open: isOpen, cycle: 1, now: then)
            }
        }
        #expect(try purgeAll()[.conflicts] == 1)
        #expect(try state.read { try $0.conflicts(openOnly: false).map(\.state) } == [.open])
    }

    /// They come every second where triggers do.
    @Test func cyclesThatOnlyLookedGoAfterAWeek() throws {
        let then = TemporaryState.now - .days(8)
        try state.write { tx in
            for index in 0..<5 {
                let cycle = try tx.beginCycle(kind: "read_back", now: then)
                if index == 2 {
                    try tx.audit(
                        key(TemporaryState.day), side: .schoology, was: .present, now: .late, cause: "clever",
                        cycle: cycle, at: then)
                }
                try tx.finishCycle(
                    cycle, outcome: index == 3 ? "failed" : "done", reason: nil, counts: "{}", now: then)
            }
            let last = try tx.beginCycle(kind: "scheduled", now: TemporaryState.now)
            try tx.finishCycle(last, outcome: "done", reason: nil, counts: "{}", now: TemporaryState.now)
            _ = try tx.beginCycle(kind: "read_back", now: then)
        }
        #expect(try purgeAll()[.cycles] == 3)
        #expect(
            try state.read { try $0.rows("SELECT id FROM cycle ORDER BY id").map { $0[0] as Int64 } } == [3, 4, 6, 7])
    }

    @Test(arguments: [(1, 21), (21, 21), (30, 30), (180, 180)])
    func aDayThatIsStillReadIsNeverPurged(retention: Int64, kept: Int) {
        let limits = PurgeLimits(
            retention: .days(retention), lookback: .days(14), today: TemporaryState.day, now: TemporaryState.now)
        #expect(limits.firstDay == TemporaryState.day - kept)
        #expect(limits.since == TemporaryState.now - .days(Int64(kept)))
    }
}

extension RosterSection {
    fileprivate init(section: String, students: [String]) {
        self.init(
            cleverID: section, school: "school", sisID: nil, sectionNumber: nil, subject: nil, period: nil, termID: nil,
            students: students)
    }
}
