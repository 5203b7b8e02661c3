import AttendanceCore
import SyncEngine
import Synchronization
import Testing

@testable import Sandbox

/// How Clever's window is read, and when the watermark moves.
@Suite struct ScanTests {
    private func watermark(_ town: Town) throws -> Int64? { try town.reading { try $0.number(.watermark) } }

    private static func attendance(on day: CalendarDay) -> String {
        "/v3.1/attendance/schools/*?*date_range_start=\(day)*"
    }

    @Test func aRecordThatIsNotNewerIsSkipped() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.cycle()
        let known = try #require(
            try town.sandbox.cleverRecord(
                student: pair.cleverStudent, section: pair.cleverSection, date: Town.today))
        for lastModified in [known.lastModified, known.lastModified.adding(seconds: -60)] {
            let mark = Sandbox.CleverMark(
                status: "present", excuseCode: nil, created: lastModified, lastModified: lastModified, sisID: nil)
            town.sandbox.core.withWorld { world in
                world.clever.attendance.change(
                    student: Int32(world.district.index(.student, pair.cleverStudent)!),
                    section: Int32(world.district.index(.section, pair.cleverSection)!), day: Town.today,
                    to: .set(mark))
            }
            town.time.advance(.minutes(5))
            town.sandbox.finishAttendanceSync()
            let report = try await town.cycle()
            #expect(report.counts.changed == 0)
            #expect(try town.shown(pair) == 2)
        }
    }

    @Test func aSyncThatEndsDuringTheScanIsReadInTheSameCycle() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let didMove = Mutex(false)
        let oldest = Town.today.adding(days: -3)
        let wire = try Wire(
            time: town.time,
            beforeSend: { [weak town] request in
                // Today has been read by now.
                guard request.url.contains("date_range_start=\(oldest)"), let town,
                    didMove.withLock({ moved in
                        defer { moved = true }
                        return !moved
                    })
                else { return }
                town.time.advance(.seconds(1))
                #expect(throws: Never.self) { try town.mark(pair, "absent", code: "E") }
            })
        let report = await (try town.open(wire: wire)).runCycle(.scheduled)
        #expect(didMove.withLock { $0 })
        #expect(report.outcome == .done)
        #expect(try town.shown(pair) == 4)
        #expect(town.events.all(.cleverScanned).count == 2)
        #expect(try watermark(town) == town.sandbox.lastAttendanceSync?.milliseconds)
    }

    @Test func theWatermarkWaitsForThePageThatFails() async throws {
        let town = try await Town.start()
        let oldest = Town.today.adding(days: -3)
        let fault = town.sandbox.add(Fault(.status(500), side: .clever, path: Self.attendance(on: oldest)))
        let report = try await town.cycle()
        #expect(report.outcome == .failed)
        #expect(try watermark(town) == nil)
        // What could be read was written all the same.
        let readable = town.wanted.filter { !$0.key.hasSuffix(oldest.description) }
        #expect(town.rows == readable)

        town.sandbox.removeFault(fault)
        town.sandbox.clearRequests()
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(try watermark(town) == town.sandbox.lastAttendanceSync?.milliseconds)
        // Pages that were stored are not asked for again.
        let asked = town.cleverRequests.filter { $0.path.contains("/attendance/") }
        #expect(!asked.isEmpty)
        #expect(asked.allSatisfy { $0.target.contains(oldest.description) })
    }

    @Test func aCursorThatExpiredBeginsTheDayAgain() async throws {
        let town = try await Town.start(settings: { $0.clever.pageSize = 5 })
        let fault = town.sandbox.add(
            Fault(.expiredCursors, side: .clever, path: "/v3.1/attendance/*?*starting_after=*", skip: 1, count: 1))
        #expect(try await town.cycle().outcome == .done)
        #expect(town.sandbox.strikes(ofFault: fault) == 1)
        #expect(town.rows == town.wanted)
    }

    @Test func pagesThatGoRoundInACircleEndTheScanWithoutItsWatermark() async throws {
        let town = try await Town.start(settings: { $0.clever.pageSize = 5 })
        town.sandbox.add(Fault(.repeatedPages, side: .clever, path: "/v3.1/attendance/*"))
        let report = try await town.cycle()
        #expect(report.outcome == .failed)
        #expect(try watermark(town) == nil)
        #expect(town.cleverRequests.count < 60)
        town.sandbox.removeAllFaults()
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test func todaysMarksAreInSchoologyBeforeTheRestOfTheWindowIsRead() async throws {
        let town = try await Town.start()
        try await town.cycle()
        let requests = town.sandbox.requests
        let lastOfToday = requests.last { $0.items.contains { $0.date == Town.today.description } }
        let firstOfTheRest = requests.first {
            $0.path.contains("/attendance/schools/") && !$0.target.contains("date_range_start=\(Town.today)")
        }
        #expect(try #require(lastOfToday).number < #require(firstOfTheRest).number)
    }

    @Test func theWholeLookbackIsReadOnceADayAndByOnce() async throws {
        let town = try await Town.start()
        func daysRead(_ kind: DistrictEngine.Kind) async throws -> Int {
            town.time.advance(.minutes(5))
            town.sandbox.finishAttendanceSync()
            town.sandbox.clearRequests()
            try await town.cycle(kind)
            let days = town.cleverRequests.filter { $0.path.contains("/attendance/") }.compactMap {
                $0.target.split(separator: "date_range_start=").last?.prefix(10)
            }
            return Set(days).count
        }
        #expect(try await daysRead(.scheduled) == 4)
        #expect(try await daysRead(.scheduled) == 2)
        #expect(try await daysRead(.once) == 4)
        town.time.advance(.days(1))
        town.sandbox.setToday(Town.today.adding(days: 1))
        #expect(try await daysRead(.scheduled) == 4)
    }

    private func daysRead(_ town: Town) -> Set<Substring> {
        Set(
            town.cleverRequests.filter { $0.path.contains("/attendance/") }.compactMap {
                $0.target.split(separator: "date_range_start=").last?.prefix(10)
            })
    }

    @Test func aScanThatWasInterruptedYesterdayBeginsAnewToday() async throws {
        let town = try await Town.start()
        let oldest = Town.today.adding(days: -3)
        town.sandbox.add(Fault(.status(500), side: .clever, path: Self.attendance(on: oldest)))
        #expect(try await town.cycle().outcome == .failed)
        town.sandbox.removeAllFaults()
        town.sandbox.clearRequests()
        town.time.advance(.days(1))
        #expect(try await town.cycle().outcome == .done)
        let tomorrow = Town.today.adding(days: 1)
        #expect(daysRead(town) == Set((0..<4).map { Substring(tomorrow.adding(days: -$0).description) }))
    }

    @Test func aScanOfTheRecentDaysThatWasInterruptedIsNotGoneOnWithByOnce() async throws {
        let town = try await Town.start()
        #expect(try await town.cycle().outcome == .done)
        town.time.advance(.minutes(5))
        town.sandbox.finishAttendanceSync()
        town.sandbox.add(Fault(.status(500), side: .clever, path: Self.attendance(on: Town.today.adding(days: -1))))
        #expect(try await town.cycle().outcome == .failed)
        town.sandbox.removeAllFaults()
        town.sandbox.clearRequests()
        #expect(try await town.cycle(.once).outcome == .done)
        #expect(daysRead(town).count == 4)
        let asked = town.cleverRequests.filter { $0.path.contains("/attendance/") }.map(\.target)
        #expect(Set(asked).count == asked.count)
    }

    /// Three in a row, and those that were begun meanwhile.
    @Test func aSideThatIsDownIsNotAskedForEveryDay() async throws {
        let town = try await Town.start(days: 14)
        town.sandbox.add(
            Fault(.status(500), side: .clever, path: "/v3.1/attendance/schools/*?*date_range_start=2026-03-0*"))
        #expect(try await town.cycle().outcome == .failed)
        let failed = Set(town.cleverRequests.filter { $0.status == 500 }.map(\.target))
        #expect((3...7).contains(failed.count))
    }

    @Test func aSchoolThatHasNeverAnsweredKeepsNoOtherFromBeingRead() async throws {
        let town = try await Town.start()
        let school = try #require(town.sandbox.schoolIDs.last)
        town.sandbox.add(Fault(.status(404), side: .clever, path: "/v3.1/attendance/schools/\(school)*"))
        #expect(try await town.cycle().outcome == .done)
        #expect(try watermark(town) == town.sandbox.lastAttendanceSync?.milliseconds)
        #expect(!town.rows.isEmpty)
        #expect(Set(town.events.all(.cleverSchoolMissing).map { $0["clever_school_id"] }) == [school])
    }

    @Test func aPassing404OfASchoolThatHasAnsweredKeepsTheWatermark() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.cycle()
        let before = try watermark(town)
        town.time.advance(.minutes(5))
        try town.mark(pair, "tardy")
        let fault = town.sandbox.add(Fault(.status(404), side: .clever, path: "/v3.1/attendance/schools/*"))
        #expect(try await town.cycle().outcome == .failed)
        #expect(try watermark(town) == before)
        town.sandbox.removeFault(fault)
        #expect(try await town.cycle().outcome == .done)
        #expect(try town.shown(pair) == 3)
    }

    @Test func anOldCorrectionArrivesWithTheDailyScan() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let old = Town.today.adding(days: -2)
        try await town.cycle()
        town.time.advance(.minutes(5))
        let before = try town.shown(pair, on: old)
        try town.mark(pair, before == 3 ? "absent" : "tardy", on: old)
        try await town.cycle()
        #expect(try town.shown(pair, on: old) == before)
        town.time.advance(.days(1))
        town.sandbox.finishAttendanceSync()
        try await town.cycle()
        #expect(try town.shown(pair, on: old) == (before == 3 ? 2 : 3))
    }

    // MARK: Pages that come again

    private func takenPages(_ town: Town) throws -> Int {
        try town.reading { tx in
            let day = Day(Town.today.description)!
            return try tx.schools(only: []).reduce(0) { try $0 + tx.takenPages(day: day, school: $1.id).count }
        }
    }

    /// Its pages come again as they were, and the map makes something else of one of their records that was not stored.
    @Test func aChangedStatusMapHasThePagesReadAgain() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present", code: "L")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 1)
        let taken = try takenPages(town)
        #expect(taken > 0)
        town.change { $0.statusMap.present.codes["L"] = .late }
        town.sandbox.finishAttendanceSync()
        try await town.nextCycle()
        try town.approveHeld()
        try await town.nextCycle()
        #expect(try town.shown(pair) == 3)
        #expect(try takenPages(town) == taken)
    }
}
