import AttendanceCore
import Foundation
import SyncEngine
import SyncState
import Synchronization
import Testing
import Transport

@testable import Sandbox

/// What the simulator found, each told as the short story that its seed came down to.
@Suite struct SimulatorFindingsTests {
    /// The office changed the mark before the daemon could see that its row had been taken, and the section was suspended
    /// just then. The row was uploaded again as overdue, over the office's edit, with no conflict.
    @Test func aRowWaitsWhileTheOfficesChangeHasNotBeenComparedWithTheTeachers() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.sftp?.confirmWithin = .hours(1) })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 4)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        try town.ingest()
        try town.mark(pair, "absent")
        try town.sandbox.setSectionGone(true, section: pair.schoologySection)
        try await town.nextCycle()
        // The file no longer says anything of it, so taking it once more undoes nothing.
        #expect(town.dropBox.rows.isEmpty)
        town.time.advance(.hours(2))
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        #expect(try town.totals.rowsToUpload == 0)
        try town.ingest()
        #expect(try town.cleverSays(pair) == "absent")

        try town.sandbox.setSectionGone(false, section: pair.schoologySection)
        town.time.advance(.hours(25))
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.shown(pair) == 2)
    }

    /// A mark that is read back may call for a write to Schoology: a protected mark that a teacher changed.
    @Test func readingBackWritesNothingWhileTheDistrictIsPaused() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        town.sandbox.setDistrictState("paused")
        try town.teach(pair, 2)
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 2)
        #expect(town.events.all(.conflictDetected).count == 1)
        town.sandbox.setDistrictState("running")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
    }

    /// After an upload that failed, every cycle that only read back found that the row may go, and it might not.
    @Test func aRowThatWaitsForItsNextTryDoesNotAskForCycles() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 2)
        town.dropBox.fail(.cannotConnect(detail: "closed"))
        town.time.advance(.hours(2))
        let engine = try town.open()
        _ = await engine.runCycle(.scheduled)
        let wait = try #require(await engine.untilUpload())
        #expect(wait > .seconds(30))
    }

    /// With a code that nobody configured the row waits for the operator, and nobody else is asked for it again and again.
    @Test func aRowWhoseMarkHasAnUnknownCodeWaitsQuietly() async throws {
        let town = try await Town.bothWays(settings: { $0.statusMap.absent.anyOtherCode = nil })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        town.dropBox.fail(.cannotConnect(detail: "closed"))
        try await town.nextCycle()
        try town.mark(pair, "absent", code: "X9")
        town.dropBox.fail(nil)
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        let engine = try town.open()
        #expect(await engine.untilUpload() == nil)
        town.sandbox.clearRequests()
        town.time.advance(.minutes(5))
        _ = await engine.runCycle(.once, upload: true)
        #expect(town.cleverRequests.count == 1)
    }

    /// A row that puts back what the office said counted as one of ours: when Clever showed it, it became what both
    /// sides had agreed on, which the teacher never had.
    @Test func whatARowPutBackIsNotAgreedOn() async throws {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .hold })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 2)
        try await town.nextCycle()
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        try town.decide(.absent)
        try await town.nextCycle()
        let lines = try town.trail(pair)
        #expect(lines.allSatisfy { $0.now != .late || $0.side == .clever })
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.shown(pair) == 2)
    }

    /// An operator decided a third status. Clever had it first, as the section was suspended: then Schoology's old mark
    /// looked like a teacher's change, and undid the decision.
    @Test func whatAnOperatorDecidesHoldsUntilBothSidesHaveIt() async throws {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .hold })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 2)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        try town.decide(.late)
        town.sandbox.add(Fault(.status(503), side: .schoology, method: "PUT"))
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "tardy")
        let lines = try town.trail(pair)
        #expect(!lines.contains { $0.cause == "confirmed by Clever" })
        town.sandbox.removeAllFaults()
        town.time.advance(.hours(9))
        try await town.nextCycle()
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
        #expect(try town.cleverSays(pair) == "tardy")
        #expect(town.dropBox.rows.allSatisfy { $0.contains("tardy") })
        #expect(try town.totals.outbox == 0)
    }

    /// The trail ended with a mark that had gone with its enrollment.
    @Test func theTrailSaysThatSomebodyWasEnrolledAnew() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        _ = try town.sandbox.enrollAnew(pair.enrollment)
        try town.mark(pair, "present")
        town.time.advance(.hours(25))
        for _ in 0..<2 { try await town.nextCycle() }
        let last = try town.trail(pair).last
        #expect(last?.now == .present)
    }

    /// The row waited for the office's change to be compared with the teacher's mark, which had gone with its
    /// enrollment; and the new enrollment waited for the row.
    @Test func aRowOfAnEnrollmentThatIsGoneIsComparedAllTheSame() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        town.dropBox.fail(.cannotConnect(detail: "closed"))
        try town.teach(pair, 3)
        try await town.nextCycle()
        _ = try town.sandbox.enrollAnew(pair.enrollment)
        try town.mark(pair, "absent")
        town.dropBox.fail(nil)
        town.time.advance(.hours(25))
        for _ in 0..<2 { try await town.nextCycle() }
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(try town.totals.outbox == 0)
        #expect(try town.cleverSays(pair) == "absent")
    }

    /// A daemon that was killed between reads forgot their credits, and spent them once more when it came back.
    @Test func theReadsOfAKilledProcessAreCounted() async throws {
        let town = try await Town.bothWays()
        town.time.advance(.hours(1))
        let reads = Mutex(0)
        let wire = try Wire(
            time: town.time,
            fate: { _, request in
                guard request.url.contains("/attendance?start") else { return .delivered }
                return reads.withLock { count in
                    count += 1
                    return count == 3 ? .killedAfter : .delivered
                }
            })
        _ = await (try town.open(wire: wire)).runCycle(.scheduled)
        #expect(try town.reading { try $0.number(.schoologySpent) } ?? 0 >= 3)
    }

    /// What a process spends reaches the disk a little later; a machine that was without power may have forgotten it.
    @Test func afterAPowerFailureAWholeWindowMayHaveBeenSpent() async throws {
        let town = try await Town.bothWays()
        town.time.advance(.hours(1))
        town.time.losePower()
        let before = town.time.slept
        _ = await (try town.open()).runCycle(.once)
        #expect(town.time.slept - before >= .seconds(5))
    }

    /// Asked what a row would replace, Clever's answer was a passing 404, and was taken for "nothing": the row went over
    /// an edit of the office that only that answer would have shown.
    @Test func aRowThatCleverIsAskedAboutInVainWaits() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        let asked = Fault(.status(404), side: .clever, path: "/v3.1/attendance/sections/*")
        town.sandbox.add(asked)
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        #expect(try town.totals.eclipsed == 1)
        town.sandbox.removeAllFaults()
        town.time.advance(.minutes(5))
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
    }

    /// An operator refused to have the office's change written, before it was compared with a teacher's change whose row
    /// waited: the row counted as decided in view of it, and went over the office's word without a conflict.
    @Test func aRowIsComparedWithWhatAnOperatorRefused() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.recentLookback = .days(1) })
        let day = Town.today.adding(days: -3)
        let pairs = try town.secondary.filter { try town.shown($0, on: day) == 1 }.prefix(2)
        for pair in pairs { try town.mark(pair, "present", on: day) }
        try await town.nextCycle(.once)
        for pair in pairs { try town.teach(pair, 3, on: day) }
        try await town.nextCycle(.once)
        #expect(town.dropBox.rows.count == 2)
        // Only the recent days are read any more: what stands behind older rows, Clever is asked before an upload.
        town.change { $0.clever.lookback = .days(2) }
        town.sandbox.finishAttendanceSync()
        try await town.nextCycle(.scheduled)
        town.change { ($0.safety.holdAboveCount, $0.safety.holdAbovePercent) = (1, 0) }
        for pair in pairs { try town.mark(pair, "absent", code: "E", on: day) }
        let other = try #require(
            town.secondary.first { pair in !pairs.contains { $0.cleverStudent == pair.cleverStudent } })
        try town.teach(other, try town.shown(other) == 3 ? 2 : 3)
        town.time.advance(.hours(1))
        try await town.nextCycle(.readBack)
        try await town.nextCycle(.scheduled)
        try town.writing { tx in
            let batch = try #require(try tx.heldBatches(openOnly: true).first)
            try tx.discard(batch, by: "anna", reason: nil, now: town.time.now)
        }
        try town.teach(other, try town.shown(other) == 3 ? 2 : 3)
        town.time.advance(.hours(1))
        try await town.nextCycle(.readBack)
        #expect(
            town.events.all(.conflictDetected).map { $0["outcome"] }
                == Array(repeating: "clever wins: left as it is", count: 2))
        try town.ingest()
        try await town.nextCycle(.once)
        for pair in pairs {
            #expect(try town.cleverSays(pair, on: day) == "absent/E")
            #expect(try town.shown(pair, on: day) == 3)
        }
    }

    /// Clever was asked about one row, which had a section read; that showed a teacher's change of a day that no recent
    /// scan covers. Its row went at once, over an edit of the office that Clever would have told of.
    @Test func aRowThatComesUpWhileCleverIsAskedIsAskedAboutToo() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.recentLookback = .days(1) })
        let one = try #require(town.secondary.first)
        let other = try #require(
            town.secondary.first { $0.cleverSection == one.cleverSection && $0.cleverStudent != one.cleverStudent })
        let (yesterday, before) = (Town.today.adding(days: -1), Town.today.adding(days: -3))
        for (pair, day) in [(one, yesterday), (other, before)] { try town.mark(pair, "present", on: day) }
        try await town.nextCycle(.once)
        // Only the recent days are read any more, and a row waits.
        try town.teach(one, 3, on: yesterday)
        town.dropBox.fail(.noSpace)
        try await town.nextCycle(.once)
        town.sandbox.finishAttendanceSync()
        try await town.nextCycle(.scheduled)
        town.dropBox.fail(nil)
        #expect(try town.totals.rowsToUpload == 1)

        try town.mark(one, "absent", code: "E", on: yesterday)
        try town.mark(other, "absent", on: before)
        try town.teach(other, 4, on: before)
        try await town.nextCycle(.scheduled)
        #expect(town.events.all(.conflictDetected).count == 2)
        if town.dropBox.file != nil { try town.ingest() }
        #expect(try town.cleverSays(other, on: before) == "absent")
        #expect(try town.shown(other, on: before) == 2)
    }

    /// A conflict was open when Clever took the file of before it, and so came to agree with the teacher: both sides said
    /// present, of which nothing is stored. The conflict stayed open, and the row that puts back the office's word went.
    @Test func aConflictDissolvesWhereBothSidesComeToAgreeOnPresent() async throws {
        let (town, pair, earlier) = try await anOpenConflict()
        #expect(town.sandbox.ingest(csv: earlier).rejected == [])
        try await town.nextCycle()
        #expect(try town.totals.openConflicts == 0)
        for _ in 0..<2 {
            if town.dropBox.file != nil { try town.ingest() }
            try await town.nextCycle()
        }
        #expect(try town.cleverSays(pair) == "present")
        #expect(try town.shown(pair) == 1)
        #expect(try town.totals.outbox == 0)
    }

    /// Before an operator decided a conflict, the teacher had taken the edit back, and nobody had seen it yet. The decision
    /// binds no more; the trail ended with it all the same.
    @Test func theTrailSaysThatADecisionWasOutlived() async throws {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .hold })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        try town.teach(pair, 1)
        try await town.nextCycle()
        try town.teach(pair, 4)
        try town.decide(.absent)
        town.sandbox.clearRequests()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(town.puts.isEmpty)
        #expect(try town.shown(pair) == 4)
        #expect(try town.cleverSays(pair) == "absent/E")
        #expect(try town.totals.outbox == 0)
        let lines = try town.trail(pair)
        #expect(lines.last?.now == .excused)
        #expect(lines.filter { $0.cause.hasPrefix("outlived") }.count == 1)
    }

    /// Once Clever has taken what an operator decided, nothing is stored of a mark on which both sides say present. The
    /// decision was still taken for the newest word on it.
    @Test func aDecisionIsOverOnceCleverHasTakenItsRow() async throws {
        let (town, pair, _) = try await anOpenConflict()
        try town.decide(.present)
        try await town.nextCycle()
        func conflict() throws -> StoredConflict? {
            try town.reading { try $0.liveConflict(try town.key(of: pair, $0)) }
        }
        #expect(try conflict()?.state == .decided)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "present")
        #expect(try conflict() == nil)
    }

    /// Schoology wrote a mark, and its code said that it had failed. The trail said that both sides had come to agree by
    /// themselves.
    @Test func theTrailHasAWriteWhoseCodeSaidThatItHadFailed() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.itemCode(503), count: 1, isApplied: true))
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
        let last = try #require(try town.trail(pair).last)
        #expect((last.side, last.was, last.now, last.cause) == (.schoology, .present, .late, "clever"))
        #expect(try town.totals.outbox == 0)
    }

    /// The office took such a mark back before anybody could read the section again: the mark was taken for a teacher's,
    /// and went to Clever.
    @Test func aWriteWhoseCodeSaidThatItHadFailedIsNoTeachersWord() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.itemCode(503), isApplied: true))
        town.sandbox.add(Fault(.status(503), side: .schoology, method: "GET", path: "*/attendance", skip: 1))
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
        town.sandbox.removeAllFaults()
        try town.mark(pair, "present")
        for _ in 0..<2 {
            town.time.advance(.hours(9))
            try await town.nextCycle()
        }
        #expect(try town.shown(pair) == 1)
        #expect(town.dropBox.attempts == 0)
        #expect(try town.totals.outbox == 0)
    }

    /// A code that says that the write did not begin leaves no doubt: what stands there then is a teacher's, also where it is
    /// what was to be written.
    @Test func aWriteThatDidNotBeginIsNotTakenForArrived() async throws {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .hold })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.itemCode(429)))
        try await town.nextCycle()
        town.sandbox.removeAllFaults()
        try town.mark(pair, "absent")
        try town.teach(pair, 3)
        town.time.advance(.hours(9))
        try await town.nextCycle()
        #expect(try town.totals.openConflicts == 1)
        #expect(try town.shown(pair) == 3)
    }

    /// A write took a mark back to what both sides had agreed on, and its answer was lost: the trail did not have it.
    @Test func theTrailHasAWriteThatTookAMarkBackAndWasNotAnswered() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        try town.teach(pair, 2)
        town.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", count: 1, isApplied: true))
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
        let last = try #require(try town.trail(pair).last)
        #expect((last.side, last.was, last.now, last.cause) == (.schoology, .absent, .excused, "policy:clever"))
    }

    /// A row that put back what the office had said passes the safety valve. When Clever took the file of before it, the
    /// row became the teacher's change, and went past the valve too, as something that is taken back.
    @Test func aRowThatIsTheTeachersAgainIsJudgedByTheValve() async throws {
        let town = try await Town.bothWays(settings: {
            $0.safety.holdAboveCount = 0
            $0.safety.holdAbovePercent = 0
        })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.approveHeld()
        try await town.nextCycle()
        let earlier = try #require(town.dropBox.file)
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(town.dropBox.rows.allSatisfy { $0.contains("present") })
        #expect(town.sandbox.ingest(csv: earlier).rejected == [])
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "tardy")
        #expect(town.dropBox.rows.isEmpty)
        #expect(try town.totals.held == 1)
        try town.approveHeld()
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "present")
        #expect(try town.trail(pair).last { $0.side == .clever }?.cause == "schoology")
    }

    /// A row that had been uploaded, and then could not go any more, made the daemon upload a file without it again and
    /// again.
    @Test func aRowThatTheFileDoesNotCarryIsNoReasonToUploadItAgain() async throws {
        let town = try await Town.bothWays(settings: {
            $0.statusMap.absent.anyOtherCode = nil
            $0.clever.sftp?.confirmWithin = .hours(1)
        })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.mark(pair, "absent", code: "X9")
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        let attempts = town.dropBox.attempts
        for _ in 0..<3 {
            town.time.advance(.hours(3))
            try await town.nextCycle()
        }
        #expect(town.dropBox.attempts == attempts)
    }

    /// A row waited because its mark in Clever had a code that nobody configured. By the time that the office put the code
    /// right the day was older than the lookback, and nobody looked any more.
    @Test func aRowOfAnOldDayThatWaitsForACodeIsAskedAboutOnceADay() async throws {
        let town = try await Town.bothWays(settings: { $0.statusMap.absent.anyOtherCode = nil })
        let pair = try #require(try town.secondary.first { try town.shown($0) == 1 })
        town.dropBox.fail(.noSpace)
        try town.teach(pair, 4)
        try await town.nextCycle()
        try town.mark(pair, "absent", code: "X9")
        town.dropBox.fail(nil)
        try await town.nextCycle(.scheduled)
        #expect(town.dropBox.rows.isEmpty)
        town.time.advance(.hours(5 * 24))
        try town.mark(pair, "absent", code: "E")
        town.sandbox.clearRequests()
        try await town.nextCycle(.scheduled)
        #expect(try town.totals.outbox == 0)
        #expect(town.dropBox.rows.isEmpty && town.puts.isEmpty)
        // The day's look has been: nothing is asked again before the next.
        try town.mark(town.secondary[1], "tardy", on: "2026-03-17")
        town.sandbox.clearRequests()
        try await town.nextCycle(.scheduled)
        #expect(!town.cleverRequests.contains { $0.target.contains("date_range_start=2026-03-12") })
    }

    /// The teacher's row waited for a code to be configured, and the student was enrolled anew: each reading of the section
    /// asked again who is enrolled there.
    @Test func whoIsEnrolledAnewIsAskedForOnce() async throws {
        let town = try await Town.bothWays(settings: { $0.statusMap.absent.anyOtherCode = nil })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 2)
        town.dropBox.fail(.noSpace)
        try await town.nextCycle()
        try town.mark(pair, "absent", code: "X9")
        _ = try town.sandbox.enrollAnew(pair.enrollment)
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.totals.outbox == 1)
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.sandbox.requests.count { $0.target.contains("/attendance") } > 0)
        #expect(town.sandbox.requests.count { $0.target.contains("/enrollments") } == 0)
    }

    /// The office had won against a teacher's row whose enrollment was gone, and a row put back what the office had said. When
    /// the office corrected itself, that row was taken for the teacher's word, and could win.
    @Test func aRowThatPutsBackIsNotTheWordOfAnEnrollmentThatIsGone() async throws {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .clever })
        let pair = try #require(town.secondary.first)
        try town.teach(pair, 3)
        try await town.nextCycle()
        let enrollment = try town.sandbox.enrollAnew(pair.enrollment)
        try town.mark(pair, "absent", code: "E")
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(town.events.all(.conflictDetected).count == 1)
        try town.mark(pair, "absent")
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 2)
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.totals.outbox == 0)
    }

    /// Killed after some of a cycle's writes had left, the daemon judged the others of their day by themselves: each time the
    /// valve let pass as many as it allows.
    @Test func whatAKilledCycleHadLetGoCountsForWhatIsLeftOfIt() async throws {
        let calm = try await ATwofoldCycle.prepared()
        let wire = try Wire(time: calm.town.time)
        _ = await (try calm.town.open(wire: wire)).runCycle(.once)
        #expect(try calm.written == ATwofoldCycle.allowed)
        #expect(try calm.town.reading { try $0.heldBatches(openOnly: true) }.map(\.changes) == [ATwofoldCycle.allowed])
        var kills = 0
        for number in 1...wire.calls {
            let cycle = try await ATwofoldCycle.prepared()
            let grave = cycle.town.folder.appendingPathExtension("killed")
            defer { try? FileManager.default.removeItem(at: grave) }
            let deadly = try Wire(
                time: cycle.town.time, fate: { call, _ in call == number ? .killedBefore : .delivered },
                atKill: { [town = cycle.town] in town.copyState(to: grave) })
            _ = await (try cycle.town.open(wire: deadly)).runCycle(.once)
            guard FileManager.default.fileExists(atPath: grave.path), try hasUnjudgedWrites(in: grave) else { continue }
            kills += 1
            let engine = try cycle.town.open(directory: grave)
            for _ in 0..<2 { _ = await engine.runCycle(.once) }
            #expect(try cycle.written == ATwofoldCycle.allowed, "call \(number)")
        }
        #expect(kills > 0)
    }

    private func hasUnjudgedWrites(in folder: URL) throws -> Bool {
        let state = try SyncState(directory: folder.path, district: "town", access: .shared)
        defer { state.close() }
        return try state.reading { try !$0.unjudged(side: .schoology).isEmpty }
    }

    /// Before a cycle that decides as many writes as the valve allows when it begins, and as many again once it reads a section.
    private struct ATwofoldCycle {
        static let allowed = 3

        let town: Town
        /// The office has excused them.
        let excused: [SandboxPair]
        /// They were enrolled anew in a section in which they had been late.
        let enrolledAnew: [String]

        var written: Int {
            get throws {
                let marks = try excused.map { try town.shown($0) == 4 }
                return try (marks + enrolledAnew.map { try shown($0) == 3 }).count { $0 }
            }
        }

        private func shown(_ enrollment: String) throws -> Int? {
            try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status
        }

        static func prepared() async throws -> ATwofoldCycle {
            let town = try await Town.bothWays(settings: {
                $0.safety.holdAboveCount = allowed
                $0.safety.holdAbovePercent = 0
            })
            try town.approveHeld()
            try await town.nextCycle()
            let present = try town.secondary.filter { try town.shown($0) == 1 }
            let sections = Dictionary(grouping: present, by: \.schoologySection).values
                .filter { $0.count > allowed }.sorted { $0[0].schoologySection < $1[0].schoologySection }
            let first = try #require(sections.first)
            let last = try #require(sections.last)
            let late = first.prefix(allowed)
            for pair in late { try town.mark(pair, "tardy") }
            try await town.nextCycle()
            #expect(try late.allSatisfy { try town.shown($0) == 3 })
            let enrolledAnew = try late.map { try town.sandbox.enrollAnew($0.enrollment) }
            // One of them in the other section, which is therefore read before it is written.
            let excused = first.suffix(1) + last.prefix(allowed - 1)
            for pair in excused { try town.mark(pair, "absent", code: "E") }
            town.time.advance(.minutes(5))
            return ATwofoldCycle(town: town, excused: Array(excused), enrolledAnew: enrolledAnew)
        }
    }

    /// The office said absent, the teacher puts it back to present, and the file says so; then the office excuses it.
    private func anOpenConflict() async throws -> (town: Town, pair: SandboxPair, file: [UInt8]) {
        let town = try await Town.bothWays(settings: { $0.conflicts.policy = .hold })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        try town.teach(pair, 1)
        try await town.nextCycle()
        let file = try #require(town.dropBox.file)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        #expect(try town.totals.openConflicts == 1)
        return (town, pair, file)
    }
}
