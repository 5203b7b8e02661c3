import AttendanceCore
import CleverAPI
import Testing

struct CleverRosterTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func readsTheDistrict() throws {
        let district = try CleverAnswer.district(
            bytes(
                #"""
                {"data":[{"data":{"id":"d1","name":"Springfield","state":"paused","pause_start":null,
                "pause_end":"2025-08-01T00:00:00.000Z","last_sync":"2025-04-08T23:00:00.000Z",
                "last_attendance_sync":"2025-04-08T23:45:50.000Z","sis_type":""},"uri":"/v3.1/districts/d1"}],
                "links":[{"rel":"self","uri":"/v3.1/districts"}]}
                """#))
        #expect(
            district
                == CleverDistrict(
                    id: "d1", lastAttendanceSync: Timestamp("2025-04-08T23:45:50Z"), state: "paused",
                    pauseEnd: Timestamp("2025-08-01T00:00:00Z")))
        #expect(district.isPaused)
    }

    @Test(arguments: ["", #","last_attendance_sync":null"#, #","last_attendance_sync":"""#])
    func readsADistrictThatNeverSynced(field: String) throws {
        let district = try CleverAnswer.district(bytes(#"{"data":[{"data":{"id":"d1"\#(field)}}]}"#))
        #expect(district == CleverDistrict(id: "d1", lastAttendanceSync: nil, state: ""))
    }

    @Test(arguments: [
        #"{"data":[]}"#, #"{"data":[{"data":{"state":"running"}}]}"#, #"{"data":[null]}"#,
        #"{"data":[{"data":{"id":"d","last_attendance_sync":"lately"}}]}"#,
        #"{"data":[{"data":{"id":"d","last_attendance_sync":12}}]}"#,
    ])
    func refusesAnAnswerWithoutADistrict(json: String) {
        #expect(throws: MalformedAnswer.self) { try CleverAnswer.district(bytes(json)) }
    }

    @Test func readsSchools() throws {
        let page = try CleverAnswer.schools(
            bytes(#"{"data":[{"data":{"id":"s1","sis_id":"100","name":"N"}},{"data":{"id":2}},{"data":{}},null,7]}"#))
        #expect(
            page
                == CleverPage(
                    items: [CleverSchool(id: "s1", sisID: "100"), CleverSchool(id: "2", sisID: nil)], next: nil,
                    unreadable: 3))
    }

    @Test func readsSections() throws {
        let page = try CleverAnswer.sections(
            bytes(
                #"""
                {"data":[{"data":{"id":"x1","school":"s1","sis_id":"300","section_number":null,"period":2,
                "subject":"homeroom/advisory","term_id":"t1","students":["a","b","a",""],"name":"N"}},
                {"data":{"id":"x2","school":"s1","students":["a",5,null,{}]}},
                {"data":{"id":"x3","school":"s1","students":null}},
                {"data":{"id":"x4"}}],
                "links":[{"rel":"next","uri":"/v3.1/sections?limit=1000&starting_after=x4"}]}
                """#))
        #expect(
            page
                == CleverPage(
                    items: [
                        CleverSection(
                            id: "x1", school: "s1", sisID: "300", period: "2", subject: "homeroom/advisory",
                            termID: "t1", students: ["a", "b"]),
                        CleverSection(id: "x2", school: "s1", students: ["a", "5"]),
                        CleverSection(id: "x3", school: "s1"),
                    ], next: "/v3.1/sections?limit=1000&starting_after=x4", unreadable: 1))
    }

    @Test func readsStudents() throws {
        let page = try CleverAnswer.students(
            bytes(
                #"""
                {"data":[{"data":{"id":"u1","name":{"first":"F","last":"L"},"roles":{"student":{"sis_id":"9",
                "student_number":1001,"state_id":"","school":"s2","schools":["s1","s2","s1"]},"teacher":null}}},
                {"data":{"id":"u2","roles":{"student":{"school":"s1"}}}},{"data":{"id":"u3","roles":null}},
                {"id":"u4"},{"data":{"roles":{"student":{"sis_id":"1"}}}}]}
                """#))
        #expect(
            page
                == CleverPage(
                    items: [
                        CleverStudent(id: "u1", sisID: "9", studentNumber: "1001", schools: ["s2", "s1"]),
                        CleverStudent(id: "u2", schools: ["s1"]), CleverStudent(id: "u3"), CleverStudent(id: "u4"),
                    ], next: nil, unreadable: 1))
    }

    @Test func readsPastAByteOrderMark() throws {
        #expect(try CleverAnswer.schools(bytes("\u{FEFF}" + #"{"data":[{"data":{"id":"s"}}]}"#)).items.count == 1)
    }

    @Test func readsAnErrorsMessage() {
        #expect(CleverAnswer.message(bytes(#"{"message":" bad\u0007 cursor\n"}"#)) == "bad  cursor")
        #expect(
            CleverAnswer.message(bytes(#"{"message":"\#(String(repeating: "x", count: 5000))"}"#))?.count == 200)
        for none in ["", " ", "<html>", "{}", #"{"message":7.5}"#, #"{"message":""}"#, "busy", "[]", "null", "{"] {
            #expect(CleverAnswer.message(bytes(none)) == nil)
        }
    }
}
