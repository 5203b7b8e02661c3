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

    private static func record(_ status: CleverStatus, section: String?, code: String? = nil) -> CleverRecord {
        CleverRecord(
            day: day, status: status, daily: section == nil, excuseCode: code, lastModified: Timestamp(seconds: 1),
            school: "school", section: section.map { CleverID($0) }, student: "student")
    }

    private func reader(stored: [RecordKey: StoredRecord] = [:], next: String? = nil) -> UnitReader {
        let unit = ScanUnit(day: Self.day, school: 1, schoolCleverID: "school", next: next)
        let map = StatusMap(
            present: .init(withoutCode: .present, codes: ["L": .late], anyOtherCode: .present),
            absent: .init(withoutCode: .absent, anyOtherCode: .absent),
            tardy: .init(withoutCode: .late, anyOtherCode: .late), toClever: [:])
        return UnitReader(unit: unit, stored: stored, statusMap: map)
    }

    /// What the unit's pages leave, one record a page; a new process takes over after as many of them as `kill` says.
    private func read(
        _ records: [CleverRecord], kill: Int? = nil, stored earlier: [RecordKey: StoredRecord] = [:]
    ) throws -> [RecordKey: CleverStatus] {
        var stored = earlier
        var reader = reader(stored: stored)
        for count in 1...20 {
            let index = reader.next.flatMap { Int($0) } ?? 0
            let next = index + 1 < records.count ? String(index + 1) : nil
            let step = try reader.take(AttendancePage(records: [records[index]], next: next))
            for update in step.updates {
                stored[update.key] = StoredRecord(status: update.status, code: update.code, modified: update.modified)
            }
            if step.done { return stored.mapValues(\.status) }
            if count == kill { reader = self.reader(stored: stored, next: step.next) }
        }
        Issue.record("the unit is read for ever")
        return [:]
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
}
