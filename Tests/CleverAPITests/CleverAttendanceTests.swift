import AttendanceCore
import CleverAPI
import Testing

struct CleverAttendanceTests {
    /// A record that is in order, with some fields replaced by JSON text or left out.
    private func record(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String?] = [
            "attendance_date": #""2025-04-01""#, "attendance_status": #""tardy""#, "attendance_type": #""section""#,
            "created": #""2025-04-08T23:45:50.000Z""#, "district_id": #""d""#, "excuse_code": #""E""#,
            "last_modified": #""2025-04-09T23:45:50.000Z""#, "school_id": #""school""#, "section_id": #""section""#,
            "sis_id": #""sis""#, "student_id": #""student""#,
        ]
        fields.merge(changes) { $1 }
        return "{" + fields.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",") + "}"
    }

    private func page(_ elements: String...) throws(MalformedAnswer) -> AttendancePage {
        try CleverAnswer.attendance(Array("{\"data\":[\(elements.joined(separator: ","))]}".utf8))
    }

    @Test func readsTheDocumentedExample() throws {
        let page = try CleverAnswer.attendance(Array(documentedAttendance.utf8))
        #expect(page.records.count == 10)
        #expect(page.unreadable.isEmpty)
        #expect(
            page.next == "/v3.1/attendance/schools/67f421692eda0e3fa1880e4f?date_range_start=2025-04-01"
                + "&date_range_end=2025-04-01&limit=10&starting_after=MjAyNS0wNC0wMV82N2Y0MjE2OTJlZGEwZTNmYTE4ODBlNTR"
                + "fNjdmNDIxNjkyZWRhMGUzZmExODgwZTkyXzY3ZjQyMTY5MmVkYTBlM2ZhMTg4MGU0Zg==")
        let time = Timestamp("2025-04-08T23:45:50.000Z")!
        #expect(
            page.records[0]
                == CleverRecord(
                    day: Day("2025-04-01")!, status: .tardy, daily: false, excuseCode: "excusecodej0c",
                    lastModified: time, created: time, school: "67f421692eda0e3fa1880e4f",
                    section: "67f421692eda0e3fa1880e8a", sisID: "sisideOrct", student: "67f421692eda0e3fa1880e53"))
        #expect(page.records[6].daily)
        #expect(page.records[6].section == nil)
        #expect(page.records.map(\.status).filter { $0 == .present }.count == 2)
    }

    @Test func takesADailyRecordForDailyWhateverItsSection() throws {
        let record = try page(record(["attendance_type": #""daily""#])).records[0]
        #expect(record.daily)
        #expect(record.section == nil)
    }

    @Test(arguments: [nil, "null", #""""#, #""  ""#])
    func readsAnAbsentExcuseCode(json: String?) throws {
        #expect(try page(record(["excuse_code": json])).records[0].excuseCode == nil)
    }

    @Test func trimsOnlyAroundAnExcuseCode() throws {
        #expect(try page(record(["excuse_code": #"" A  b\t""#])).records[0].excuseCode == "A  b")
        #expect(try page(record(["excuse_code": "7"])).records[0].excuseCode == "7")
    }

    @Test func readsNumbersAsIds() throws {
        let record = try page(
            record(["student_id": "18446744073709551615", "section_id": "9007199254740993", "sis_id": "-1"])
        ).records[0]
        #expect(record.student == "18446744073709551615")
        #expect(record.section == "9007199254740993")
        #expect(record.sisID == "-1")
    }

    @Test(arguments: [nil, "null", #""""#, #""yesterday""#, "5"])
    func doesWithoutCreated(json: String?) throws {
        #expect(try page(record(["created": json])).records[0].created == nil)
    }

    @Test(arguments: [
        ("attendance_status", #""remote""#, #"attendance_status is "remote", not present, absent or tardy"#),
        ("attendance_status", nil, "attendance_status is missing"),
        ("attendance_status", "null", "attendance_status is missing"),
        ("attendance_status", "true", "attendance_status is not a text"),
        ("attendance_status", #""\ud800""#, "attendance_status is not a text"),
        ("attendance_type", #""weekly""#, #"attendance_type is "weekly", not daily or section"#),
        ("attendance_date", #""2025-02-30""#, #"attendance_date is "2025-02-30", not a date as YYYY-MM-DD"#),
        ("attendance_date", #""04/01/2025""#, #"attendance_date is "04/01/2025", not a date as YYYY-MM-DD"#),
        ("student_id", #""""#, "student_id is missing"),
        ("school_id", nil, "school_id is missing"),
        ("section_id", nil, "section_id is missing"),
        ("section_id", "{}", "section_id is not a text"),
        ("last_modified", nil, "last_modified is missing"),
        ("last_modified", #""soon""#, #"last_modified is "soon", not a date and time in UTC"#),
        ("excuse_code", "[]", "excuse_code is not a text"),
        ("student_id", "1e400", "student_id is not a text"),
        ("student_id", "1.5", "student_id is not a text"),
    ])
    func quarantinesWhatItCantUnderstand(field: String, json: String?, reason: String) throws {
        let page = try page(record(), record([field: json]), record())
        #expect(page.records.count == 2)
        #expect(page.unreadable.map(\.reason) == [reason])
    }

    @Test(arguments: [
        ("null", "null"), ("5", "a number"), (#""x""#, "a text"), ("[[]]", "a list"), ("true", "a truth value"),
    ])
    func quarantinesAnElementThatIsNoObject(json: String, kind: String) throws {
        let page = try page(json, record())
        #expect(page.records.count == 1)
        #expect(page.unreadable.map(\.reason) == ["the record is \(kind) instead of an object"])
    }

    @Test func saysWhoseRecordIsQuarantined() throws {
        let bad = try page(record(["attendance_status": #""remote""#, "attendance_type": "null"])).unreadable[0]
        #expect(bad.student == "student")
        #expect(bad.section == "section")
        #expect(bad.school == "school")
        #expect(bad.date == "2025-04-01")
        #expect(bad.lastModified == "2025-04-09T23:45:50.000Z")
        #expect(
            bad.reason
                == #"attendance_status is "remote", not present, absent or tardy; attendance_type is missing"#)
    }

    @Test func keepsControlCharactersOutOfReasons() throws {
        let bad = try page(record(["attendance_status": #""a\n\u001b[31m\u202eb""#])).unreadable[0]
        #expect(bad.reason == #"attendance_status is "a  [31mb", not present, absent or tardy"#)
    }

    @Test func recognisesTheSameDefectInEachScan() throws {
        func fingerprint(_ changes: [String: String?]) throws -> String {
            try page(record(changes)).unreadable[0].fingerprint
        }
        let first = try fingerprint(["attendance_status": #""remote""#])
        #expect(first.count == 16)
        #expect(
            try fingerprint(["attendance_status": #""remote""#, "last_modified": #""2025-05-01T00:00:00Z""#]) == first)
        #expect(try fingerprint(["attendance_status": #""virtual""#]) != first)
        #expect(try fingerprint(["attendance_status": #""remote""#, "student_id": #""other""#]) != first)
        #expect(try fingerprint(["attendance_status": nil]) != first)
        #expect(try fingerprint(["attendance_type": #""remote""#]) != first)
    }

    @Test(arguments: [
        #"{"data":[]}"#, #"{"data":[],"links":[]}"#, #"{"data":[],"links":null}"#, #"{"data":[],"links":""}"#,
        #"{"data":[],"links":[{"rel":"self","uri":"/x"},{"rel":"prev","uri":"/y"}]}"#,
    ])
    func takesAPageWithoutANextLinkForTheLast(json: String) throws {
        #expect(try CleverAnswer.attendance(Array(json.utf8)) == AttendancePage(records: [], next: nil))
    }

    @Test(arguments: [
        #"{"data":[],"links":[{"rel":"next"}]}"#, #"{"data":[],"links":[{"rel":"next","uri":""}]}"#,
        #"{"data":[],"links":[7]}"#, #"{"data":[],"links":7}"#, #"{"data":[],"links":["next"]}"#,
    ])
    func doesNotTakeBrokenLinksForTheLastPage(json: String) {
        #expect(throws: MalformedAnswer.self) { try CleverAnswer.attendance(Array(json.utf8)) }
    }
}
