import Testing

@testable import Sandbox

@Suite struct IngestionFormatTests {
    // MARK: Whole files

    @Test(arguments: [
        ("", "the file is empty: a header is required"),
        ("\n\r\n", "the file is empty: a header is required"),
        ("Student_id,School_id,Attendance_date,Attendance_type,Attendance_status,Name\n", "unknown column \"Name\""),
        ("student_id,School_id\n", "unknown column \"student_id\""),
        (" Student_id,School_id\n", "unknown column \" Student_id\""),
        ("S100001,101,,2026-01-14,daily,absent,,\n", "unknown column \"S100001\""),
        ("School_id,Attendance_date,Attendance_type,Attendance_status\n", "the column Student_id is missing"),
        ("Student_id,School_id,Attendance_date,Attendance_type\n", "the column Attendance_status is missing"),
        ("Student_id,Student_id\n", "the column Student_id is there twice"),
        ("Sis_id,Attendance_id\n", "the column Attendance_id is there twice"),
        ("\"Student_id,School_id\n", "the header can't be read: a quoted field is never closed"),
        ("Student_id;School_id;Section_id\n", "unknown column \"Student_id;School_id;Section_id\""),
        ("Student_id\tSchool_id\n", "unknown column \"Student_id\tSchool_id\""),
    ])
    func refusesAFileWhoseHeaderIsWrong(csv: String, reason: String) async throws {
        let sandbox = try await Bench(students: 4).sandbox
        let synced = sandbox.lastAttendanceSync
        let report = sandbox.ingest(csv: csv)
        guard case .refused(let given) = report.outcome else {
            Issue.record("\(report.outcome)")
            return
        }
        #expect(given.hasPrefix(reason))
        #expect(report.taken == 0)
        #expect(sandbox.lastAttendanceSync == synced)
        #expect(sandbox.ingestions == [report])
    }

    @Test func refusesAHeaderThatIsNotUTF8() async throws {
        let sandbox = try await Bench(students: 4).sandbox
        let report = sandbox.ingest(csv: [0xFF, 0xFE, 0x53, 0x00])
        #expect(report.outcome == .refused("the header can't be read: not UTF-8"))
    }

    @Test func takesAHeaderWithoutRowsForASync() async throws {
        let sandbox = try await Bench(students: 4).sandbox
        let synced = try #require(sandbox.lastAttendanceSync)
        let report = sandbox.ingest(csv: IngestionBench.header)
        #expect(report.outcome == .ingested && report.taken == 0)
        #expect(try #require(sandbox.lastAttendanceSync) > synced)
    }

    @Test(arguments: ["Sis_id", "Attendance_id"])
    func takesColumnsInAnyOrder(last: String) async throws {
        let town = try await IngestionBench()
        let csv = """
            \(last),Attendance_status,Section_id,Excuse_code,School_id,Attendance_type,Student_id,Attendance_date
            x-1,absent,\(town.ids.section!),E,\(town.ids.school),section,\(town.ids.student),2026-01-14
            """
        #expect(town.sandbox.ingest(csv: csv).changed == 1)
        let record = try town.record()
        #expect(record.sisID == "x-1" && record.status == "absent" && record.excuseCode == "E")
    }

    @Test func doesWithoutTheColumnsThatARecordCanMiss() async throws {
        let town = try await IngestionBench()
        let csv = """
            Student_id,School_id,Attendance_date,Attendance_type,Attendance_status
            \(town.childIDs.student),\(town.childIDs.school),2026-01-14,daily,tardy
            \(town.ids.student),\(town.ids.school),2026-01-14,section,tardy
            """
        let report = town.sandbox.ingest(csv: csv)
        #expect(report.changed == 1)
        #expect(report.rejected == [.init(line: 3, reason: "a section's row without Section_id")])
    }

    @Test(arguments: ["\n", "\r\n"])
    func takesBothLineEndings(end: String) async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: "\u{FEFF}" + town.file(town.row(), "", town.dailyRow(), end: end))
        #expect([report.changed, report.rejected.count] == [2, 0])
    }

    @Test func takesTheLastRowWithoutALineEnding() async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: IngestionBench.header + "\r\n" + town.row())
        #expect(report.changed == 1)
    }

    @Test func readsQuotedFields() async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(
            csv: town.file(town.row(code: "\"a, \"\"b\"\"\r\nc\"", record: "\"r,1\""), town.dailyRow(status: "bad")))
        #expect(report.changed == 1)
        // The first row takes two lines.
        #expect(report.rejected.map(\.line) == [4])
        #expect(try town.record().excuseCode == "a, \"b\"\r\nc")
        #expect(try town.record().sisID == "r,1")
    }

    // MARK: Rows

    /// One row that is wrong, between two that are right.
    @Test(arguments: [
        RowCase("unknown Student_id \"S1\"") { $0.row(student: "S1") },
        RowCase("unknown Student_id") { $0.row(student: $0.pair.cleverStudent) },
        RowCase("unknown Student_id \"\"") { $0.row(student: "") },
        RowCase("unknown Student_id") { $0.row(student: " \($0.ids.student)") },
        RowCase("unknown School_id \"9\"") { $0.row(school: "9") },
        RowCase("unknown Section_id \"no\"") { $0.row(section: "no") },
        RowCase("the student isn't in that school") { $0.row(school: $0.childIDs.school) },
        RowCase("the section isn't in that school") {
            $0.row(student: $0.childIDs.student, school: $0.childIDs.school)
        },
        RowCase("a section's row without Section_id") { $0.row(section: "") },
        RowCase("a daily row with a Section_id") { $0.dailyRow(section: $0.ids.section!) },
        RowCase("Attendance_type \"period\"") { $0.row(type: "period") },
        RowCase("Attendance_type \"\"") { $0.row(type: "") },
        RowCase("Attendance_status \"late\"") { $0.row(status: "late") },
        RowCase("Attendance_status \"Absent\"") { $0.row(status: "Absent") },
        RowCase("Attendance_status \"\"") { $0.row(status: "") },
        RowCase("Attendance_date \"01/14/2026\"") { $0.row(date: "01/14/2026") },
        RowCase("Attendance_date \"2026-02-30\"") { $0.row(date: "2026-02-30") },
        RowCase("Attendance_date 2025-07-13 is more than six months") { $0.row(date: "2025-07-13") },
        RowCase("Attendance_date 9999-12-31 is more than six months") { $0.row(date: "9999-12-31") },
        RowCase("Attendance_date 0001-01-01 is more than six months") { $0.row(date: "0001-01-01") },
        RowCase("9 fields instead of 8") { $0.row() + "," },
        RowCase("7 fields instead of 8") { String($0.row().dropLast()) },
        RowCase("1 fields instead of 8") { _ in "\0" },
        RowCase("text follows a closing quote") { $0.row(code: "\"E\"x") },
        RowCase("text follows a closing quote") { $0.row(student: "\"a\" \"") },
        RowCase("a quote inside an unquoted field") { $0.row(code: "5\" snow") },
    ])
    func rejectsAWrongRowAndTakesTheRest(wrong: RowCase) async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: town.file(town.row(), wrong.row(town), town.dailyRow()))
        #expect(report.outcome == .ingested)
        #expect(report.rejected.map(\.line) == [3])
        #expect(report.rejected.first?.reason.hasPrefix(wrong.reason) == true, "\(report.rejected)")
        #expect(report.changed == 2)
        #expect(try town.record().status == "absent")
    }

    @Test func rejectsARowThatIsNotUTF8() async throws {
        let town = try await IngestionBench()
        let good = Array(town.file(town.row(), town.dailyRow()).utf8)
        let bad = town.row(code: "E").utf8.map { $0 == UInt8(ascii: "E") ? 0xC3 : $0 }
        let header = Array("\(IngestionBench.header)\n".utf8)
        let report = town.sandbox.ingest(csv: header + bad + [10] + good.dropFirst(header.count))
        #expect(report.rejected == [.init(line: 2, reason: "not UTF-8")])
        #expect(report.changed == 2)
    }

    @Test func losesWhatFollowsAQuoteThatIsNeverClosed() async throws {
        let town = try await IngestionBench()
        let report = town.sandbox.ingest(csv: town.file(town.dailyRow(), town.row(code: "\"E"), town.row()))
        #expect(report.changed == 1)
        #expect(report.rejected == [.init(line: 3, reason: "a quoted field is never closed")])
    }

    @Test func takesTheOldestDayThatCleverKeeps() async throws {
        let town = try await IngestionBench()
        #expect(town.sandbox.ingest(csv: town.file(town.row(date: "2025-07-14"))).created == 1)
    }

    @Test func survivesAnyBytes() async throws {
        let town = try await IngestionBench()
        var random = SplitMix64(seed: 4)
        let alphabet = Array("\",\r\n\0a1\u{FEFF}é".utf8)
        for _ in 0..<400 {
            let noise = (0..<random.below(60)).map { _ in alphabet[random.below(alphabet.count)] }
            let report = town.sandbox.ingest(csv: Array("\(IngestionBench.header)\n".utf8) + noise)
            #expect(report.outcome == .ingested && report.taken == 0)
        }
    }
}
