import AttendanceCore
import CleverAPI
import Testing

@testable import SyncEngine
@testable import SyncState

/// A section's record outranks a daily one, whatever order they come in and wherever the reading was cut.
@Suite struct UnitReaderTests {
    private static let day = Day(number: 20_000)
    private static let inClass = record(.present, section: "math")
    private static let daily = record(.absent, section: nil)
    private static let other = record(.tardy, section: "music")

    private static func record(
        _ status: CleverStatus, section: String?, code: String? = nil, modified: Int64 = 1
    ) -> CleverRecord {
        CleverRecord(
            day: day, status: status, daily: section == nil, excuseCode: code,
            lastModified: Timestamp(seconds: modified), school: "school", section: section.map { CleverID($0) },
            student: "student")
    }

    /// What the unit's pages leave, one record a page; a new process takes over after as many of them as `kill` says.
    private func read(
        _ records: [CleverRecord], kill: Int? = nil, stored earlier: [RecordKey: StoredRecord] = [:]
    ) throws -> [RecordKey: CleverStatus] {
        var unit = UnitInStore(day: Self.day, stored: earlier)
        try unit.read(records, kill: kill)
        return unit.stored.mapValues(\.status)
    }

    private let whole: [RecordKey: CleverStatus] = [
        RecordKey(student: "student", section: "math"): .present,
        RecordKey(student: "student", section: "music"): .tardy, RecordKey(student: "student", section: nil): .absent,
    ]

    @Test func keepsAPresentRecordOfASectionBesideADailyAbsence() throws {
        #expect(try read([Self.daily, Self.inClass, Self.other]) == whole)
        #expect(try read([Self.inClass, Self.daily, Self.other]) == whole)
    }

    /// The present record was passed over by a process that is gone, and so is what it knew of the daily one.
    @Test(arguments: 1...5)
    func keepsItAcrossAKill(kill: Int) throws {
        #expect(try read([Self.inClass, Self.daily, Self.other], kill: kill) == whole)
    }

    /// The daily record was there before, and said present: it was an absence once.
    @Test func keepsItWhereADailyRecordBecomesAnAbsenceAgain() throws {
        let daily = StoredRecord(status: .present, code: nil, modified: Timestamp(seconds: 0))
        let earlier = [RecordKey(student: "student", section: nil): daily]
        #expect(try read([Self.inClass, Self.daily, Self.other], stored: earlier) == whole)
        #expect(try read([Self.daily, Self.inClass, Self.other], stored: earlier) == whole)
    }

    @Test func keepsItBesideADailyPresentWhoseCodeMeansLate() throws {
        let late = Self.record(.present, section: nil, code: "L")
        for records in [[late, Self.inClass], [Self.inClass, late]] {
            let stored = try read(records)
            #expect(stored[RecordKey(student: "student", section: "math")] == .present)
            #expect(stored[RecordKey(student: "student", section: nil)] == .present)
        }
    }

    @Test func passesOverAPresentRecordWhereThereIsNoDailyOne() throws {
        #expect(try read([Self.inClass, Self.other]) == [RecordKey(student: "student", section: "music"): .tardy])
    }

    /// Passing over pages that come again leaves what reading them all would: whatever they were before, whatever of them
    /// changed, in whatever order, and wherever a reading was killed, or given up for a new one.
    @Test func passesOverOnlyWhatCallsForNothing() throws {
        let lateDaily = Self.record(.absent, section: nil, modified: 2)
        let lateInClass = Self.record(.tardy, section: "math", modified: 2)
        let takenBack = Self.record(.present, section: nil, modified: 3)
        let versions = [
            [Self.inClass, Self.other], [Self.inClass, Self.other, Self.daily], [Self.inClass, Self.other, lateDaily],
            [Self.inClass, Self.other, Self.record(.present, section: nil)], [lateInClass, Self.other, Self.daily],
            [Self.inClass, Self.other, takenBack], [Self.other],
        ].flatMap(permutations)
        var passed = 0
        for first in versions {
            for second in versions {
                for cut in 0...3 {
                    var unit = UnitInStore(day: Self.day)
                    if cut == 3 { try unit.read(first) } else { try unit.read(first, giveUp: cut) }
                    var whole = UnitInStore(day: Self.day, stored: unit.stored, keepsPages: false)
                    try unit.read(second, kill: cut)
                    try whole.read(second)
                    #expect(unit.stored == whole.stored, "\(first), cut at \(cut), then \(second)")
                    let pages = unit.pagesRead
                    try unit.read(second)
                    #expect(unit.stored == whole.stored)
                    // A page of which nothing was forgotten isn't gone over again.
                    passed += pages + second.count - unit.pagesRead
                }
            }
        }
        #expect(passed > 0)
    }

    private func permutations(_ records: [CleverRecord]) -> [[CleverRecord]] {
        guard let first = records.first, records.count > 1 else { return [records] }
        return permutations(Array(records.dropFirst())).flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }

    @Test func readsEveryPageWhereAPresentRecordIsWanted() throws {
        var unit = UnitInStore(day: Self.day)
        try unit.read([Self.inClass, Self.other])
        unit.wanted = [RecordKey(student: "student", section: "math")]
        try unit.read([Self.inClass, Self.other])
        #expect(unit.stored[RecordKey(student: "student", section: "math")]?.status == .present)
    }

    /// Each scan says anew what it could not read.
    @Test func aPageWithAnUnreadableRecordIsReadEachTime() throws {
        var reader = UnitReader(
            unit: ScanUnit(day: Self.day, school: 1, schoolCleverID: "school"), statusMap: .standard)
        reader.know([:])
        let unreadable = UnreadableRecord(
            reason: "no status", fingerprint: "f")
        let digest = PageDigest(of: [1], readBy: "")
        let step = try reader.take(AttendancePage(records: [Self.other], unreadable: [unreadable], next: nil), digest)
        #expect(step.quarantined.count == 1 && step.taken == nil && step.done)
    }

    @Test func forgetsThePagesThatTheUnitNoLongerHas() throws {
        var unit = UnitInStore(day: Self.day)
        try unit.read([Self.inClass, Self.other])
        #expect(unit.taken.count == 2)
        try unit.read([Self.other])
        #expect(unit.taken.count == 1)
    }
}

/// One unit as the state keeps it, read with one record a page.
private struct UnitInStore {
    let day: Day
    var stored: [RecordKey: StoredRecord] = [:]
    var wanted: Set<RecordKey> = []
    var keepsPages = true
    private(set) var taken: [PageDigest: TakenPage] = [:]
    private(set) var pagesRead = 0

    /// - Parameters:
    ///   - kill: after so many pages another process takes over where the cursor is.
    ///   - giveUp: after so many pages nobody does.
    mutating func read(_ records: [CleverRecord], kill: Int? = nil, giveUp: Int? = nil) throws {
        var reader = reader(next: nil)
        for count in 0..<20 {
            if count == giveUp { return }
            if count > 0, count == kill { reader = self.reader(next: reader.next) }
            let index = reader.next.flatMap { Int($0) } ?? 0
            let digest = PageDigest(of: Array("\(records[index]) \(index) of \(records.count)".utf8), readBy: "")
            let step: UnitStep
            if let page = reader.taken(digest) {
                step = try reader.pass(page)
            } else {
                let next = index + 1 < records.count ? String(index + 1) : nil
                if !reader.knowsRecords { reader.know(stored) }
                step = try reader.take(AttendancePage(records: [records[index]], next: next), digest)
                pagesRead += 1
            }
            store(step)
            if step.done { return }
        }
        Issue.record("the unit is read for ever")
    }

    private mutating func store(_ step: UnitStep) {
        for update in step.updates {
            stored[update.key] = StoredRecord(status: update.status, code: update.code, modified: update.modified)
        }
        guard keepsPages else { return }
        if step.forgetsTaken { taken = [:] }
        for digest in step.outdated { taken[digest] = nil }
        if let page = step.taken { taken[page.digest] = page }
    }

    private func reader(next: String?) -> UnitReader {
        let map = StatusMap(
            present: .init(withoutCode: .present, codes: ["L": .late], anyOtherCode: .present),
            absent: .init(withoutCode: .absent, anyOtherCode: .absent),
            tardy: .init(withoutCode: .late, anyOtherCode: .late), toClever: [:])
        var reader = UnitReader(
            unit: ScanUnit(day: day, school: 1, schoolCleverID: "school", next: next), wanted: wanted, taken: taken,
            statusMap: map)
        if next != nil { reader.know(stored) }
        return reader
    }
}
