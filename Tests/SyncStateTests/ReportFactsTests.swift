import AttendanceCore
import Testing

@testable import SyncState

/// What a report is made of, from a state whose rows are known.
@Suite struct ReportFactsTests {
    private let temporary: TemporaryState
    private let day = TemporaryState.day
    /// Noon of that day.
    private let noon = Timestamp(seconds: 20_000 * 86_400 + 43_200)

    init() throws {
        temporary = try TemporaryState()
        try temporary.readRoster(
            [.named("section", sisID: "s", students: ["ann", "bob"])],
            [.named("ann", sisID: "a"), .named("bob", sisID: "b")])
    }

    private func facts(since: Int = 1, now: Timestamp? = nil) throws -> DistrictFacts {
        var facts = DistrictFacts(name: "springfield", first: day - since, last: day)
        try temporary.read { tx in
            try tx.reportFacts(
                &facts, from: Timestamp(seconds: Int64(facts.first.number) * 86_400), now: now ?? noon + .minutes(5),
                silence: .minutes(15), dayOf: \.day)
        }
        return facts
    }

    private func key(_ student: String, day: Day? = nil) throws -> Key {
        Key(
            section: try temporary.sectionID("section"), student: try temporary.studentID(student), day: day ?? self.day
        )
    }

    private func save(_ student: String, _ base: Status, day: Day? = nil) throws {
        var mark = StoredMark()
        mark.base = base
        mark.schoology = base
        let key = try key(student, day: day)
        try temporary.write { try $0.save(mark, key) }
    }

    @Test func marksAreCountedByDaySchoolAndStatus() throws {
        try save("ann", .absent)
        try save("bob", .absent)
        try save("ann", .late, day: day - 1)
        try save("bob", .excused, day: day - 2)
        let facts = try facts()
        #expect(facts.marks == [day: ["school": [.absent: 2]], day - 1: ["school": [.late: 1]]])
    }

    @Test func writesCountOnTheDayTheyHappened() throws {
        let (ann, bob) = (try key("ann", day: day - 9), try key("bob"))
        try temporary.write { [noon] tx in
            try tx.audit(ann, side: .schoology, was: .present, now: .absent, cause: "clever", cycle: 1, at: noon)
            try tx.audit(bob, side: .clever, was: .present, now: .late, cause: "schoology", cycle: 1, at: noon)
            try tx.audit(
                bob, side: nil, was: .present, now: .late, cause: "confirmed by Clever", cycle: 1, at: noon - .days(1))
            try tx.audit(bob, side: nil, was: .present, now: .late, cause: "agreed", cycle: 1, at: noon)
            try tx.audit(
                ann, side: .schoology, was: .present, now: .late, cause: "clever", cycle: 1, at: noon - .days(2))
        }
        let days = try facts().days
        #expect(days[day]?.toSchoology == 1 && days[day]?.toClever == 1 && days[day]?.confirmed == 0)
        #expect(days[day - 1]?.toSchoology == 0 && days[day - 1]?.confirmed == 1)
        #expect(days[day - 2] == nil)
    }

    @Test func delaysAreThoseOfTheLastWriteAndOfEditsSinceTheFirstCycle() throws {
        let (ann, bob) = (try key("ann"), try key("bob"))
        try temporary.write { [noon, day] tx in
            let cycle = try tx.beginCycle(kind: "poll", now: noon - .hours(3))
            try tx.finishCycle(cycle, outcome: "done", reason: nil, counts: "{}", now: noon - .hours(3))
            for (key, modified) in [(ann, noon - .minutes(10)), (bob, noon - .days(5))] {
                try tx.run(
                    "INSERT INTO clever_record(day, school, student, section, status, modified, state) VALUES (?, 1, ?, ?, 2, ?, 0)",
                    [day.number, key.student, key.section, modified.milliseconds])
                for minutes: Int64 in [-60, 0] {
                    try tx.audit(
                        key, side: .schoology, was: .present, now: .absent, cause: "clever", cycle: 1,
                        at: noon + .minutes(minutes))
                }
            }
            // A teacher's edit, seen and then shown by Clever.
            var mark = StoredMark()
            mark.observe(.late, at: noon - .hours(2))
            mark.base = .late
            try tx.save(mark, ann)
            try tx.audit(ann, side: nil, was: .present, now: .late, cause: "confirmed by Clever", cycle: 1, at: noon)
        }
        let value = try facts().days[day]
        #expect(value?.delayToSchoology == DistrictFacts.Delay([.minutes(10)]))
        #expect(value?.delayToClever == DistrictFacts.Delay([.hours(2)]))
    }

    @Test func cyclesAndRequestsAreSummedAndOutagesFound() throws {
        try temporary.write { [noon] tx in
            for (minutes, outcome) in [(-90, "done"), (-85, "failed"), (-60, "failed"), (0, "incomplete")] {
                let at = noon + .minutes(Int64(minutes))
                let cycle = try tx.beginCycle(kind: "poll", now: at)
                try tx.finishCycle(
                    cycle, outcome: outcome, reason: outcome == "failed" ? "clever is unreachable" : nil,
                    counts: #"{"clever_requests":2,"schoology_requests":10,"puts":3}"#, now: at)
            }
            _ = try tx.beginCycle(kind: "poll", now: noon + .minutes(1))
        }
        let facts = try facts()
        let value = try #require(facts.days[day])
        #expect([value.cyclesDone, value.cyclesIncomplete, value.cyclesFailed] == [1, 1, 2])
        #expect([value.cleverRequests, value.schoologyRequests, value.puts] == [8, 40, 12])
        #expect(facts.health.outages == [.init(from: noon - .minutes(90), to: noon, reason: "clever is unreachable")])
        #expect(facts.health.workingSince == noon)
        #expect(try self.facts(now: noon + .hours(1)).health.workingSince == nil)
    }

    @Test func conflictsPausesAndHeldBatchesAreThere() throws {
        let (ann, bob) = (try key("ann"), try key("bob"))
        let input = MergeInput(base: .present, clever: .absent, schoology: .late)
        try temporary.write { [noon, day] tx in
            _ = try tx.logConflict(ann, input, policy: "hold", outcome: "held", open: true, cycle: 1, now: noon)
            _ = try tx.logConflict(bob, input, policy: "clever", outcome: "x", open: false, cycle: 1, now: noon)
            try tx.run(
                "INSERT INTO held_batch(side, day, kind, reason, created, cycle) VALUES (1, ?, 'too_many', 'many', ?, 1)",
                [day.number, noon.milliseconds])
            try tx.set(.pausedAt, noon.milliseconds)
            try tx.set(.pausedBy, text: "k.meyer")
        }
        let facts = try facts()
        #expect(facts.openConflicts.map(\.student) == ["ann"])
        #expect(facts.days[day]?.conflictsOpen == 1 && facts.days[day]?.conflictsByPolicy == 1)
        #expect(facts.held.map(\.state) == ["held"] && facts.held.first?.side == .schoology)
        #expect(facts.health.pause == .init(since: noon, until: nil, by: "k.meyer", reason: nil))
        try temporary.write { [noon] in try $0.set(.pausedUntil, noon.milliseconds) }
        #expect(try self.facts().health.pause == nil)
    }

    @Test func aLockIsSeenWithoutBeingTaken() throws {
        #expect(SyncState.isHeld(directory: temporary.folder.path, district: "springfield") == true)
        #expect(SyncState.isHeld(directory: temporary.folder.path, district: "shelbyville") == false)
        let other = try TemporaryFolder()
        do { try other.open().close() }
        #expect(SyncState.isHeld(directory: other.path, district: "springfield") == false)
        _ = try other.open()
    }
}
