import AttendanceCore
import SchoologyAPI
import Testing

struct SchoologyListTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func readsSections() throws {
        let page = try SchoologyAnswer.sections(
            bytes(
                #"""
                {"section":[{"id":"123","section_title":"T","section_code":"1","section_school_code":"S-300","active":1,
                "grading_periods":[1],"course_id":456},{"id":9007199254740993,"section_school_code":"","active":"0"},
                {"section_code":"x"}],"total":"3",
                "links":{"self":"s","next":"https://api.schoology.com/v1/sections?start=200&limit=200"}}
                """#))
        #expect(
            page
                == SchoologyPage(
                    items: [
                        SchoologySection(
                            id: "123", sectionCode: "1", schoolCode: "S-300", active: true, courseID: "456"),
                        SchoologySection(id: "9007199254740993", active: false),
                    ], next: "https://api.schoology.com/v1/sections?start=200&limit=200", unreadable: 1))
    }

    @Test func readsUsers() throws {
        let page = try SchoologyAnswer.users(
            bytes(#"{"user":[{"uid":"48289","school_uid":"s1"},{"id":7,"school_uid":12},{"school_uid":"x"},null]}"#))
        #expect(
            page
                == SchoologyPage(
                    items: [SchoologyUser(uid: "48289", schoolUID: "s1"), SchoologyUser(uid: "7", schoolUID: "12")],
                    next: nil, unreadable: 2))
    }

    @Test func readsCourses() throws {
        #expect(
            try SchoologyAnswer.courses(bytes(#"{"course":{"id":"1","title":"x"},"total":"1"}"#))
                == SchoologyPage(items: ["1"], next: nil, unreadable: 0))
    }

    @Test func readsEnrollments() throws {
        let page = try SchoologyAnswer.enrollments(
            bytes(
                #"""
                {"enrollment":[{"id":"44783136","uid":"48289","school_uid":"s1","admin":0,"status":"1"},
                {"id":2,"uid":3,"school_uid":"","admin":"1","status":5},{"id":4,"uid":5,"admin":true},{"id":6}],
                "total":"2","links":{"self":"x"}}
                """#))
        #expect(
            page
                == SchoologyPage(
                    items: [
                        SchoologyEnrollment(id: "44783136", uid: "48289", schoolUID: "s1"),
                        SchoologyEnrollment(id: "2", uid: "3", isAdmin: true, status: 5),
                        SchoologyEnrollment(id: "4", uid: "5", isAdmin: true, status: 0),
                    ], next: nil, unreadable: 1))
        #expect(page.items.map(\.isActive) == [true, false, false])
    }

    @Test(arguments: [
        "[]", #"{"enrollment":[]}"#, #"{"enrollment":""}"#, #"{"enrollment":null,"total":"0","links":""}"#,
        #"{"enrollment":{}}"#, #"{"total":"0"}"#, #"{"total":0,"links":{"self":"x"}}"#,
    ])
    func readsAnEmptyList(json: String) throws {
        #expect(try SchoologyAnswer.enrollments(bytes(json)) == SchoologyPage(items: [], next: nil))
    }

    @Test(arguments: [
        "{}", #"{"total":"2"}"#, #"{"user":[]}"#, #"{"enrollment":7}"#, #"{"enrollment":"x"}"#, "[1]", "7",
        #"{"enrollment":[],"links":"x"}"#, #"{"enrollment":[],"links":[1]}"#,
    ])
    func refusesWhatIsNoList(json: String) {
        #expect(throws: MalformedAnswer.self) { try SchoologyAnswer.enrollments(bytes(json)) }
    }
}
