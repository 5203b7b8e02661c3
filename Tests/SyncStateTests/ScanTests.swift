import AttendanceCore
import Testing

@testable import SyncState

@Suite struct ScanTests {
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
        try temporary.readRoster([.named("home", students: ["anna"])])
    }

    @Test func readsEveryDayOfEverySchoolNewestFirst() throws {
        try temporary.write { tx in
            try tx.store(school: "annex", sisID: nil, generation: 1)
        }
        let scans = try ScanFixture(temporary)
        let units = try temporary.read { try $0.unitsToRead(onlyDay: nil) }
        #expect(units.map(\.schoolCleverID) == ["annex", "school", "annex", "school"])
        #expect(units.map(\.day) == [0, 0, 1, 1].map { TemporaryState.day - $0 })
        #expect(units.allSatisfy { $0.next == nil })
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: TemporaryState.day) }.count == 2)
        #expect(try temporary.read { try $0.scan() } == scans.scan)
    }

    @Test func goesOnAtTheNextPageAfterARestart() throws {
        let scans = try ScanFixture(temporary)
        try scans.store([], records: 1000, next: "/page-2", done: false)
        // Another connection sees what a process that starts again would.
        let units = try temporary.folder.open(.readOnly).reading { try $0.unitsToRead(onlyDay: TemporaryState.day) }
        #expect(units.map(\.next) == ["/page-2"])
        try scans.store([], records: 400, next: nil, done: true)
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: TemporaryState.day) }.isEmpty)
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: nil) }.map(\.day) == [TemporaryState.day - 1])
        let totals = try temporary.read { try $0.scanTotals() }
        #expect(totals == (pages: 2, records: 1400, changed: 0))
    }

    @Test func aUnitCanBeginAgainOrEndEarly() throws {
        let scans = try ScanFixture(temporary)
        try scans.store([], next: "/page-2", done: false)
        try temporary.write { try $0.restartUnit(day: TemporaryState.day, school: scans.school) }
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: TemporaryState.day) }.map(\.next) == [nil])
        try temporary.write { try $0.setUnitMissing(day: TemporaryState.day, school: scans.school) }
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: TemporaryState.day) }.isEmpty)
    }

    @Test func theWatermarkMovesOnlyWhenTheScanIsFinished() throws {
        let scans = try ScanFixture(temporary)
        try scans.store([])
        try scans.store([], day: TemporaryState.day - 1)
        #expect(try temporary.read { try $0.number(.watermark) } == nil)
        try temporary.write { try $0.finishScan(scans.scan, fullScanDay: nil) }
        #expect(try temporary.read { try $0.number(.watermark) } == TemporaryState.now.milliseconds)
        #expect(try temporary.read { try $0.number(.lastFullScanDay) } == nil)
        #expect(try temporary.read { try $0.scan() } == nil)
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: nil) }.isEmpty)
    }

    @Test func aWholeScanIsRememberedForItsDay() throws {
        let scans = try ScanFixture(temporary, complete: true)
        try temporary.write { try $0.finishScan(scans.scan, fullScanDay: TemporaryState.day) }
        #expect(try temporary.read { try $0.number(.lastFullScanDay) } == Int64(TemporaryState.day.number))
    }

    @Test func aNewScanTakesTheOldOnesPlaceUnderAnotherNumber() throws {
        let first = try ScanFixture(temporary)
        try first.store([], next: "/page-2", done: false)
        let second = try ScanFixture(temporary)
        #expect(first.scan.id != second.scan.id)
        #expect(try temporary.read { try $0.scan() } == second.scan)
        #expect(try temporary.read { try $0.unitsToRead(onlyDay: nil) }.allSatisfy { $0.next == nil })
        #expect(try temporary.read { try $0.scanTotals() } == (pages: 0, records: 0, changed: 0))
    }

    // MARK: Quarantine

    private func unreadable(_ fingerprint: String) -> QuarantinedRecord {
        QuarantinedRecord(
            fingerprint: fingerprint, student: "anna", section: nil, school: "school", date: "2024-13-01",
            reason: "no such date")
    }

    @Test func aRecordThatWasQuarantinedIsRecognised() throws {
        let scans = try ScanFixture(temporary)
        let first = try scans.store([], quarantined: [unreadable("f1"), unreadable("f2")])
        #expect(first == [unreadable("f1"), unreadable("f2")])
        let again = try scans.store([], quarantined: [unreadable("f1"), unreadable("f3")])
        #expect(again == [unreadable("f3")])
        #expect(try quarantined() == 3)
    }

    @Test func theSameRecordTwiceOnOnePageIsOne() throws {
        let scans = try ScanFixture(temporary)
        let stored = try scans.store([], quarantined: [unreadable("f1"), unreadable("f1")])
        #expect(stored.count == 1)
    }

    @Test func whatAWholeScanNoLongerShowsIsForgotten() throws {
        let first = try ScanFixture(temporary, complete: true)
        try first.store([], quarantined: [unreadable("mended"), unreadable("still bad")])
        let second = try ScanFixture(temporary, complete: true)
        try second.store([], quarantined: [unreadable("still bad")])
        #expect(try quarantined() == 2)
        try temporary.write { try $0.finishScan(second.scan, fullScanDay: nil) }
        #expect(try quarantined() == 1)
    }

    @Test func aScanOfTheLastDaysForgetsNothingOlder() throws {
        let first = try ScanFixture(temporary, complete: true)
        try first.store([], quarantined: [unreadable("old")])
        let second = try ScanFixture(temporary)
        try temporary.write { try $0.finishScan(second.scan, fullScanDay: nil) }
        #expect(try quarantined() == 1)
    }

    private func quarantined() throws -> Int {
        try temporary.read { try $0.totals(now: TemporaryState.now).quarantined }
    }

    // MARK: Pages that were taken

    private func page(_ name: String) -> TakenPage {
        TakenPage(digest: PageDigest(of: Array(name.utf8), readBy: "rules"), next: "after \(name)", records: 1000)
    }

    private func taken(_ day: Day) throws -> Set<String?> {
        try temporary.read { tx in
            Set(try tx.takenPages(day: day, school: try tx.schools(only: [])[0].id).values.map(\.next))
        }
    }

    @Test func aDigestTellsPagesAndRulesApart() {
        let digests = [("a", "b"), ("ab", ""), ("", "ab"), ("b", "a"), ("a", "c")].map {
            PageDigest(of: Array($0.utf8), readBy: $1)
        }
        #expect(Set(digests).count == digests.count)
        #expect(PageDigest(of: [97], readBy: "b") == digests[0])
    }

    @Test func aTakenPageStaysUntilItsUnitForgetsIt() throws {
        let scans = try ScanFixture(temporary)
        let (today, before) = (TemporaryState.day, TemporaryState.day - 1)
        func store(_ day: Day, _ change: (inout UnitStep) -> Void) throws {
            var step = UnitStep(records: 1000)
            change(&step)
            let unit = ScanUnit(day: day, school: scans.school, schoolCleverID: "school")
            _ = try temporary.write { try $0.storePage(step, of: unit, scan: scans.scan, now: TemporaryState.now) }
        }
        for name in ["one", "two", "three"] { try store(today) { $0.taken = page(name) } }
        try store(before) { $0.taken = page("one") }
        #expect(try taken(today) == ["after one", "after two", "after three"])
        #expect(
            try temporary.read { try $0.takenPages(day: before, school: scans.school) } == [
                page("one").digest: page("one")
            ])

        try store(today) { $0.outdated = [page("two").digest] }
        #expect(try taken(today) == ["after one", "after three"])
        try store(today) { step in (step.forgetsTaken, step.taken) = (true, page("four")) }
        #expect(try taken(today) == ["after four"])
        #expect(try taken(before) == ["after one"])
    }

    @Test func aWholeScanForgetsThePagesOfDaysThatItNoLongerReads() throws {
        for (complete, left) in [(false, ["after one"] as Set), (true, [])] {
            let scans = try ScanFixture(temporary, complete: complete)
            var step = UnitStep(records: 1)
            step.taken = page("one")
            let day = TemporaryState.day - 2
            let unit = ScanUnit(day: day, school: scans.school, schoolCleverID: "school")
            _ = try temporary.write { try $0.storePage(step, of: unit, scan: nil, now: TemporaryState.now) }
            _ = try ScanFixture(temporary, complete: complete)
            #expect(try taken(day) == left)
        }
    }
}
