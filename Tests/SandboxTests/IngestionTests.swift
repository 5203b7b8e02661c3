import Testing

@testable import Sandbox

@Suite struct IngestionTests {
    @Test func replacesTheRecordWithTheRowsKey() async throws {
        let town = try await IngestionBench()
        let before = try town.record()
        let synced = try #require(town.sandbox.lastAttendanceSync)
        let report = town.sandbox.ingest(csv: town.file(town.row(code: "E")))
        #expect(report.outcome == .ingested)
        #expect([report.taken, report.changed, report.created, report.unchanged, report.moved] == [1, 1, 0, 0, 0])
        let after = try town.record()
        #expect(after.status == "absent")
        #expect(after.excuseCode == "E")
        #expect(after.created == before.created)
        #expect(after.lastModified == town.bench.time.clock.now())
        // An empty last column says nothing about the record's id.
        #expect(after.sisID == before.sisID)
        #expect(try #require(town.sandbox.lastAttendanceSync) > synced)
    }

    @Test func servesWhatWasIngested() async throws {
        let town = try await IngestionBench()
        town.sandbox.ingest(csv: town.file(town.row(status: "tardy", code: "a \"\"b\\c")))
        town.sandbox.ingest(csv: town.file(town.row(status: "tardy", code: "\"a \"\"b\\c\"")))
        let answer = await town.bench.clever(
            "/v3.1/attendance/sections/\(town.pair.cleverSection)?date_range_start=2026-01-14&limit=1000")
        let record = answer.json["data"]?.list?.first { $0["student_id"]?.text == town.pair.cleverStudent }
        #expect(record?["attendance_status"]?.text == "tardy")
        #expect(record?["excuse_code"]?.text == "a \"b\\c")
        #expect(record?["last_modified"]?.text == "2026-01-14T15:01:00.000Z")
    }

    @Test func leavesARecordAloneThatSaysTheSame() async throws {
        let town = try await IngestionBench()
        let csv = town.file(town.row(code: "E"))
        town.sandbox.ingest(csv: csv)
        let before = try town.record()
        let synced = try #require(town.sandbox.lastAttendanceSync)
        town.bench.time.advance(milliseconds: 3_600_000)
        let report = town.sandbox.ingest(csv: csv)
        #expect([report.unchanged, report.changed, report.created] == [1, 0, 0])
        #expect(try town.record() == before)
        #expect(try #require(town.sandbox.lastAttendanceSync) > synced)
    }

    @Test func makesARecordWhereThereIsNone() async throws {
        let town = try await IngestionBench()
        try town.sandbox.removeCleverRecord(
            student: town.pair.cleverStudent, section: town.pair.cleverSection, date: Bench.today)
        let report = town.sandbox.ingest(csv: town.file(town.row(status: "tardy", record: "new-1")))
        #expect([report.created, report.changed] == [1, 0])
        let record = try town.record()
        #expect(record.sisID == "new-1")
        #expect(record.created == town.bench.time.clock.now())
        #expect(record.lastModified == record.created)
    }

    @Test func keepsDailyAndSectionRecordsApart() async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: town.file(town.dailyRow(code: "MED")))
        #expect([report.changed, report.rejected.count] == [1, 0])
        let daily = try town.sandbox.cleverRecord(student: town.child, section: nil, date: Bench.today)
        #expect(daily?.status == "absent")
        #expect(daily?.excuseCode == "MED")
        let school = try #require(daily?.school)
        let list = await town.bench.clever("/v3.1/attendance/schools/\(school)?date_range_start=2026-01-14&limit=1000")
        let record = list.json["data"]?.list?.first { $0["student_id"]?.text == town.child }
        #expect(record?["attendance_type"]?.text == "daily")
    }

    @Test func findsARecordByItsOwnID() async throws {
        let town = try await IngestionBench()
        let before = try town.record()
        let report = town.sandbox.ingest(csv: town.file(town.row(record: before.sisID!)))
        #expect([report.changed, report.moved] == [1, 0])
        #expect(try town.record().status == "absent")
    }

    /// Whoever puts the wrong id into the last column takes another record away.
    @Test func movesTheRecordThatTheLastColumnNames() async throws {
        let town = try await IngestionBench()
        let other = try #require(
            try town.sandbox.cleverRecord(
                student: town.pair.cleverStudent, section: town.otherSection, date: Bench.today))
        let report = town.sandbox.ingest(csv: town.file(town.row(record: other.sisID!)))
        #expect([report.changed, report.moved] == [1, 1])
        #expect(
            try town.sandbox.cleverRecord(
                student: town.pair.cleverStudent, section: town.otherSection, date: Bench.today) == nil)
        #expect(try town.record().sisID == other.sisID)
    }

    @Test func findsGeneratedRecordsByTheirIDs() async throws {
        let sandbox = try await Bench(students: 300).sandbox
        let records = sandbox.cleverRecords(from: "2026-01-13", to: Bench.today, includingPresent: true)
        #expect(records.contains { $0.sisID == nil })
        #expect(records.contains { $0.sisID != nil && $0.status == "present" })
        #expect(records.contains { $0.sisID != nil && $0.section == nil })
        let ids = records.compactMap(\.sisID)
        #expect(Set(ids).count == ids.count)
        for record in records {
            guard let id = record.sisID else { continue }
            let place = sandbox.core.withWorld { $0.clever.attendance.place(ofSISID: id, in: $0.district) }
            let section = place.flatMap { place in
                place.section < 0
                    ? nil : sandbox.core.withWorld { $0.district.text(.section, Int(place.section)) }
            }
            #expect(place?.day == record.date && section == record.section)
        }
    }

    @Test(arguments: ["", "a", "zzz", "a0", "aZZZZZZZZZZZZZZZZ", "3w5e11264sgsf", "a-1", "ä"])
    func takesUnknownRecordIDsForNewOnes(id: String) async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: town.file(town.row(record: id)))
        #expect([report.changed, report.moved] == [1, 0])
        #expect(try town.record().sisID == (id.isEmpty ? "r-\(town.pair.cleverSection)" : id))
    }

    @Test func letsALaterRowOfAFileWin() async throws {
        let town = try await IngestionBench()
        let tardy = town.row(status: "tardy")
        let report = town.sandbox.ingest(csv: town.file(town.row(), tardy, tardy))
        #expect([report.changed, report.unchanged] == [2, 1])
        #expect(try town.record().status == "tardy")
    }

    @Test func takesNoFileWhileTheDistrictIsPaused() async throws {
        let town = try await IngestionBench()
        let before = (try town.record(), town.sandbox.lastAttendanceSync)
        town.sandbox.setDistrictState("paused")
        #expect(town.sandbox.ingest(csv: town.file(town.row())).outcome == .paused)
        #expect(try town.record() == before.0)
        #expect(town.sandbox.lastAttendanceSync == before.1)
        #expect(town.sandbox.ingestions.isEmpty)
        town.sandbox.setDistrictState("running")
        #expect(town.sandbox.ingest(csv: town.file(town.row())).changed == 1)
    }

    @Test func keepsWhatTheOfficeEditedWithoutASync() async throws {
        let town = try await IngestionBench()
        let synced = town.sandbox.lastAttendanceSync
        try town.sandbox.setCleverRecord(
            student: town.pair.cleverStudent, section: town.pair.cleverSection, date: Bench.today, status: "absent",
            excuseCode: "E", sisID: "office-1")
        #expect(town.sandbox.lastAttendanceSync == synced)
        let report = town.sandbox.ingest(csv: town.file(town.row(code: "E", record: "office-1")))
        #expect(report.unchanged == 1)
    }
}
