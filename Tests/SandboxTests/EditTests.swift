import Testing

@testable import Sandbox

/// What people do on either side, through the control endpoint.
@Suite struct EditTests {
    @Test func letsTheOfficeEditARecordWithoutASync() async throws {
        let town = try await IngestionBench()
        let synced = town.sandbox.lastAttendanceSync
        let body = """
            {"student":"\(town.pair.cleverStudent)","section":"\(town.pair.cleverSection)","status":"absent",\
            "excuse_code":"MED","sis_id":"office-7"}
            """
        #expect(await town.bench.control("POST", "clever/record", body: body).status == 200)
        let record = try town.record()
        #expect([record.status, record.excuseCode, record.sisID] == ["absent", "MED", "office-7"])
        #expect(record.lastModified == town.bench.time.clock.now())
        #expect(town.sandbox.lastAttendanceSync == synced)
    }

    @Test func letsTheOfficeEditADailyRecordAndTakeItsIDAway() async throws {
        let town = try await IngestionBench()
        let body = "{\"student\":\"\(town.child)\",\"status\":\"tardy\",\"sis_id\":\"\",\"sync\":true}"
        #expect(await town.bench.control("POST", "clever/record", body: body).status == 200)
        let record = try town.sandbox.cleverRecord(student: town.child, section: nil, date: Bench.today)
        #expect(record?.status == "tardy")
        #expect(record != nil && record?.sisID == nil)
    }

    @Test func letsARecordVanish() async throws {
        let town = try await IngestionBench()
        let body = "{\"student\":\"\(town.pair.cleverStudent)\",\"section\":\"\(town.pair.cleverSection)\"}"
        #expect(await town.bench.control("DELETE", "clever/record", body: body).status == 200)
        #expect(
            try town.sandbox.cleverRecord(
                student: town.pair.cleverStudent, section: town.pair.cleverSection, date: Bench.today) == nil)
    }

    @Test func letsATeacherTakeAMarkBack() async throws {
        let town = try await IngestionBench()
        try town.sandbox.setSchoologyMark(enrollment: town.pair.enrollment, date: Bench.today, status: 2)
        let body = "{\"enrollment\":\"\(town.pair.enrollment)\"}"
        #expect(await town.bench.control("DELETE", "schoology/mark", body: body).status == 200)
        #expect(try town.sandbox.schoologyMark(enrollment: town.pair.enrollment, date: Bench.today) == nil)
        #expect(await town.bench.control("DELETE", "schoology/mark", body: #"{"enrollment":"1"}"#).status == 400)
    }

    @Test func comparesBothSidesByKey() async throws {
        let town = try await IngestionBench()
        try town.sandbox.setCleverRecord(
            student: town.pair.cleverStudent, section: town.pair.cleverSection, date: Bench.today, status: "absent",
            excuseCode: "E")
        try town.sandbox.setSchoologyMark(
            enrollment: town.pair.enrollment, date: Bench.today, status: 3, comment: "late bus")
        let keys = await town.bench.control("GET", "compare").json["keys"]?.list ?? []
        let key = try #require(
            keys.first {
                $0["student"]?.text == town.pair.cleverStudent && $0["section"]?.text == town.pair.cleverSection
            })
        #expect(key["enrollment"]?.text == town.pair.enrollment)
        #expect(key["clever"]?["status"]?.text == "absent")
        #expect(key["clever"]?["sis_id"]?.text == "r-\(town.pair.cleverSection)")
        #expect(key["daily"] == .some(.null))
        #expect(key["schoology"]?["status"]?.integer == 3)
        #expect(key["schoology"]?["comment"]?.text == "late bus")
        #expect(keys.allSatisfy { $0["date"]?.text == "2026-01-14" })
        let all = await town.bench.control("GET", "compare?all=true&from=2026-01-13&to=2026-01-14").json["keys"]
        #expect(all?.list?.count == town.sandbox.pairs().count * 2)
        #expect(await town.bench.control("GET", "compare?from=0001-01-01").status == 400)
    }

    @Test func showsDailyRecordsBesideASectionsOwn() async throws {
        let town = try await IngestionBench()
        try town.sandbox.setCleverRecord(student: town.child, section: nil, date: Bench.today, status: "absent")
        let keys = town.sandbox.marksByKey(from: Bench.today, to: Bench.today)
            .filter { $0.pair.cleverStudent == town.child }
        #expect(keys.count == 3)
        #expect(keys.allSatisfy { $0.daily?.status == "absent" && $0.clever == nil && $0.schoology == nil })
    }

    @Test func takesAFileThroughTheControlEndpoint() async throws {
        let town = try await IngestionBench()
        let csv = town.file(town.row(), town.row(student: "S1"))
        let escaped = csv.split(separator: "\n").joined(separator: "\\n")
        let answer = await town.bench.control("POST", "clever/ingest", body: "{\"csv\":\"\(escaped)\"}").json
        #expect(answer["outcome"]?.text == "ingested")
        #expect(answer["taken"]?.integer == 1)
        #expect(answer["rejected"]?.list?.map { $0["line"]?.integer } == [3])
        let raw = await RawClient.answer(
            "POST", "/_sandbox/clever/ingest", headers: ["Content-Type": "text/csv"], body: Array(csv.utf8),
            from: town.sandbox.controlURL)
        #expect(raw.json["unchanged"]?.integer == 1)
        #expect(await town.bench.control("POST", "clever/ingest").json["outcome"]?.text == "no_file")
        let refused = await town.bench.control("POST", "clever/ingest", body: #"{"csv":"x"}"#).json
        #expect(refused["outcome"]?.text == "refused")
        #expect(refused["error"]?.text?.hasPrefix("unknown column") == true)
        #expect(await town.bench.control("POST", "clever/ingest", body: "[]").status == 400)
        let list = await town.bench.control("GET", "clever/ingestions?after=1").json["ingestions"]?.list ?? []
        #expect(list.map { $0["outcome"]?.text } == ["ingested", "refused"])
        let counters = await town.bench.control("GET", "counters").json
        #expect(counters["files_ingested"]?.integer == 3)
        #expect(counters["rows_taken"]?.integer == 2)
        #expect(counters["rows_rejected"]?.integer == 2)
    }

    @Test func samplesWithTheDistrictsOwnIDs() async throws {
        let town = try await IngestionBench()
        let records = await town.bench.control("GET", "sample?status=present&limit=50").json["records"]?.list ?? []
        let record = try #require(
            records.first {
                $0["student"]?.text == town.pair.cleverStudent && $0["section"]?.text == town.pair.cleverSection
            })
        #expect(record["student_sis_id"]?.text == town.ids.student)
        #expect(record["school_sis_id"]?.text == town.ids.school)
        #expect(record["section_sis_id"]?.text == town.ids.section)
        #expect(record["sis_id"]?.text == "r-\(town.pair.cleverSection)")
    }
}
