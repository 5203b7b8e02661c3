import AttendanceCore
import SchoologyAPI
import Testing

struct SchoologyAttendanceTests {
    private let day = Day("2014-01-13")!

    private func reading(_ json: String) throws -> AttendanceReading {
        try SchoologyAnswer.attendance(Array(json.utf8))
    }

    /// One date node with one group that has these rows.
    private func rows(_ rows: String, group: String = #""status_code":2"#) throws -> AttendanceReading {
        try reading(
            #"{"date":[{"date":"2014-01-13","statuses":{"status":[{\#(group),"attendances":{"attendance":\#(rows)}}]}}]}"#
        )
    }

    private func mark(_ enrollmentID: String, _ status: Status, _ comment: String? = nil) -> AttendanceReading.Mark {
        AttendanceReading.Mark(enrollmentID: enrollmentID, day: day, status: status, comment: comment)
    }

    @Test func readsTheDocumentedExample() throws {
        #expect(
            try reading(documentedAttendance)
                == AttendanceReading(
                    marks: [
                        .init(enrollmentID: "44783151", day: day, status: .absent),
                        .init(enrollmentID: "44783151", day: day + 1, status: .late),
                    ], next: nil))
    }

    @Test(arguments: [
        "[]", #"{"date":[]}"#, #"{"date":""}"#, #"{"date":null}"#, #"{"date":{}}"#, #"{"totals":{"total":[]}}"#,
        #"{"date":[],"links":[]}"#, #"{"date":[],"links":{"self":"x"}}"#, #"{"date":[],"links":{"next":""}}"#,
        #"{"date":[{"date":"2014-01-13"}]}"#, #"{"date":{"date":"2014-01-13","statuses":""}}"#,
        #"{"date":[{"date":"2014-01-13","statuses":[]}]}"#, #"{"date":[{"date":"2014-01-13","statuses":null}]}"#,
        #"{"date":[{"date":"2014-01-13","statuses":{"status":{}}}]}"#,
        #"{"date":[{"date":"2014-01-13","statuses":{"status":""}}]}"#,
        #"{"date":[{"date":"2014-01-13","statuses":{"status":[{"status_code":2,"attendances":""}]}}]}"#,
        #"{"date":[{"date":"2014-01-13","statuses":{"status":[{"status_code":2,"attendances":{"attendance":[]}}]}}]}"#,
    ])
    func readsNothingInManyForms(json: String) throws {
        #expect(try reading(json) == AttendanceReading(marks: [], next: nil))
    }

    @Test func readsTextsForNumbersAndOneForMany() throws {
        let json = #"""
            {"date":{"date":"2014-01-13","statuses":{"status":{"status_code":"4","attendances":{"attendance":
            {"enrollment_id":"44783151","date":"2014-01-13","status":"4","comment":"x"}}}}},
            "links":{"self":"s","next":"https:\/\/api.schoology.com\/v1\/n?start=2"},"totals":""}
            """#
        #expect(
            try reading(json)
                == AttendanceReading(
                    marks: [mark("44783151", .excused, "x")], next: "https://api.schoology.com/v1/n?start=2"))
    }

    @Test func readsObjectsWhoseKeysNumberTheElements() throws {
        let reading = try rows(#"{"10":{"enrollment_id":3},"2":{"enrollment_id":2},"0":{"enrollment_id":1}}"#)
        #expect(reading.marks == [mark("1", .absent), mark("2", .absent), mark("3", .absent)])
    }

    @Test func keepsIdsOfSixtyFourBitsExact() throws {
        let reading = try rows(
            #"[{"enrollment_id":9007199254740993,"status":2},{"enrollment_id":18446744073709551615,"status":2}]"#)
        #expect(reading.marks.map(\.enrollmentID) == ["9007199254740993", "18446744073709551615"])
    }

    @Test func letsTheRowOutrankItsGroups() throws {
        let reading = try rows(
            #"[{"enrollment_id":1,"date":"2014-01-20","status":3},{"enrollment_id":2},{"enrollment_id":3,"date":"","status":null}]"#
        )
        #expect(
            reading.marks == [
                .init(enrollmentID: "1", day: Day("2014-01-20")!, status: .late), mark("2", .absent),
                mark("3", .absent),
            ])
    }

    @Test func readsRowsForPresent() throws {
        #expect(try rows(#"[{"enrollment_id":1,"status":1}]"#).marks == [mark("1", .present)])
    }

    @Test func keepsACommentAsItWas() throws {
        let reading = try rows(
            #"[{"enrollment_id":1,"comment":" a\n"},{"enrollment_id":2,"comment":null},{"enrollment_id":3,"comment":7},{"enrollment_id":4,"comment":[]}]"#
        )
        #expect(reading.marks.map(\.comment) == [" a\n", nil, "7", nil])
    }

    @Test(arguments: ["0", "5", #""x""#, "-1", "true", "{\"a\":1}", "2.5", "99999999999999999999"])
    func countsAnUnknownStatusAndSaysWhose(status: String) throws {
        let reading = try rows(#"[{"enrollment_id":1,"status":2},{"enrollment_id":2,"status":\#(status)}]"#)
        #expect(reading.marks == [mark("1", .absent)])
        #expect(reading.unreadable == 1)
        #expect(reading.unreadableKeys == [.init(enrollmentID: "2", day: day)])
    }

    @Test func countsAnUnreadableDateAndSaysWhose() throws {
        let reading = try rows(#"[{"enrollment_id":2,"date":"13.1.2014","status":2}]"#)
        #expect(
            reading
                == AttendanceReading(
                    marks: [], next: nil, unreadable: 1, unreadableKeys: [.init(enrollmentID: "2", day: nil)]))
    }

    @Test(arguments: [
        #"[{"status":2}]"#, #"[{"enrollment_id":"","status":2}]"#, "[7]", #"["x"]"#, "[null]", "[[1]]", "7", #""x""#,
    ])
    func countsRowsThatNameNobody(json: String) throws {
        #expect(try rows(json) == AttendanceReading(marks: [], next: nil, unreadable: 1))
    }

    @Test(arguments: [
        "[7]", #"[{"date":"2014-01-13","statuses":7}]"#, #"[{"date":"2014-01-13","statuses":{"status":[7]}}]"#,
        #"[{"date":"2014-01-13","statuses":{"status":[{"attendances":"x"}]}}]"#, "[null]", #"{"x":{}}"#,
        #"[{"date":"2014-01-13","statuses":{"state":[]}}]"#, #"[{"date":"2014-01-13","statuses":{"status":{"x":1}}}]"#,
        #"[{"date":"2014-01-13","statuses":{"status":[{"status_code":2,"attendances":{"x":1}}]}}]"#,
    ])
    func countsGroupsThatCantBeRead(dates: String) throws {
        #expect(
            try reading(#"{"date":\#(dates)}"#) == AttendanceReading(marks: [], next: nil, unreadable: 1))
    }

    @Test func countsARowWhoseGroupsStatusIsUnknown() throws {
        let reading = try rows(#"[{"enrollment_id":1}]"#, group: #""status_code":0"#)
        #expect(reading.unreadableKeys == [.init(enrollmentID: "1", day: day)])
    }

    @Test(arguments: [
        "{}", #"{"message":"x"}"#, #"{"date":7}"#, #"{"date":"today"}"#, "[1]", "null", #"{"date":[],"links":7}"#,
        #"{"date":[],"links":{"next":7.5}}"#, #"{"date":[],"links":{"next":{"a":1}}}"#,
    ])
    func refusesWhatIsNoAttendance(json: String) {
        #expect(throws: MalformedAnswer.self) { try reading(json) }
    }
}
