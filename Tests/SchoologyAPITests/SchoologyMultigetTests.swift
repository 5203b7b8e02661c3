import AttendanceCore
import SchoologyAPI
import Testing

struct SchoologyMultigetTests {
    private let page = SchoologyPage(items: [SchoologyEnrollment(id: "1", uid: "2")], next: nil)
    private static let body = #"{"enrollment":[{"id":"1","uid":"2","status":"1"}],"total":"1"}"#
    private static let quoted = #""{\"enrollment\":[{\"id\":\"1\",\"uid\":\"2\",\"status\":\"1\"}],\"total\":\"1\"}""#

    private func parts(_ response: String) throws -> [MultigetAnswer.Part] {
        try SchoologyAnswer.multiget(Array(#"{"response":\#(response)}"#.utf8)).parts
    }

    @Test(arguments: [
        "/v1/sections/7/enrollments", "/v1/sections/7/enrollments?start=0&limit=200",
        "https://api.schoology.com/v1/sections/7/enrollments?start=0", "sections/7/enrollments/",
    ])
    func findsTheSectionOfAPart(location: String) throws {
        let parts = try parts(#"[{"location":"\#(location)","response_code":200,"headers":{},"body":\#(Self.body)}]"#)
        #expect(parts == [.init(location: location, sectionID: "7", code: 200, page: page)])
    }

    @Test(arguments: [body, quoted])
    func readsABodyThatIsAnObjectOrAText(json: String) throws {
        let parts = try parts(
            #"{"location":"https:\/\/api.schoology.com\/v1\/sections\/7\/enrollments","response_code":"200","body":\#(json)}"#
        )
        #expect(
            parts == [
                .init(
                    location: "https://api.schoology.com/v1/sections/7/enrollments", sectionID: "7", code: 200,
                    page: page)
            ])
    }

    @Test func keepsTheOtherPartsWhenSomeFail() throws {
        let parts = try parts(
            #"""
            [{"location":"/v1/sections/1/enrollments","response_code":404,"body":{"message":"gone"}},
            {"location":"/v1/sections/2/enrollments","response_code":"403","body":"Access denied"},
            {"location":"/v1/sections/3/enrollments","response_code":200,"body":"<html>"},
            {"location":"/v1/sections/4/enrollments","response_code":200,"body":{}},
            {"location":"/v1/users/5","response_code":200},7,
            {"location":"/v1/sections/6/enrollments","response_code":200,"body":\#(Self.body)}]
            """#)
        #expect(parts.map(\.sectionID) == ["1", "2", "3", "4", nil, nil, "6"])
        #expect(parts.map(\.code) == [404, 403, 200, 200, 200, 0, 200])
        #expect(parts.map { $0.page != nil } == [false, false, false, false, false, false, true])
        #expect(parts[0].message == "gone")
        #expect(parts[1].message == "Access denied")
        #expect(parts[2].message?.contains("HTML") == true)
        #expect(parts[3].message != nil)
        #expect(parts[6].message == nil)
    }

    @Test func readsAnEmptyPage() throws {
        let parts = try parts(
            #"[{"location":"/v1/sections/7/enrollments","response_code":200,"body":{"enrollment":[],"total":0}}]"#)
        #expect(parts[0].page == SchoologyPage(items: [], next: nil))
    }

    @Test(arguments: ["{}", "[]", "null", #"{"response":"x"}"#, #"{"message":"no"}"#])
    func refusesWhatIsNoMultiget(json: String) {
        #expect(throws: MalformedAnswer.self) { try SchoologyAnswer.multiget(Array(json.utf8)) }
    }
}
