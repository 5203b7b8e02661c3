import AttendanceCore
import SchoologyAPI
import Testing
import Transport

struct SchoologyRequestsTests {
    let requests = SchoologyRequests(baseURL: "https://api.schoology.com")
    let day = Day("2014-05-20")!

    private func text(_ body: [UInt8]?) -> String { String(decoding: body ?? [], as: UTF8.self) }

    @Test func spellsEachRead() {
        let base = "https://api.schoology.com"
        #expect(
            requests.sections(schoolCodes: ["a", "b"]).url
                == base + "/v1/sections?section_school_codes=a,b&include_past=1&start=0&limit=200")
        #expect(requests.users(schoolUIDs: ["a", "b"]).url == base + "/v1/users?school_uids=a,b&start=0&limit=200")
        #expect(requests.courses().url == base + "/v1/courses?start=0&limit=200")
        #expect(
            requests.sections(course: "7").url == base + "/v1/courses/7/sections?include_past=1&start=0&limit=200")
        #expect(requests.enrollments(section: "7").url == base + "/v1/sections/7/enrollments?start=0&limit=200")
        #expect(
            requests.attendance(section: "7", from: day, through: day + 1).url
                == base + "/v1/sections/7/attendance?start=2014-05-20&end=2014-05-21")
        #expect(requests.courses().method == .get)
        #expect(requests.courses().body == nil)
    }

    @Test func encodesEachCodeByItself() {
        let url = requests.sections(schoolCodes: ["A 1", "x,y", "a&b+c", "é/%", "~-._"]).url
        #expect(url.contains("section_school_codes=A%201,x%2Cy,a%26b%2Bc,%C3%A9%2F%25,~-._&include_past=1"))
        let users = requests.users(schoolUIDs: ["1=2", "#?"]).url
        #expect(users.contains("school_uids=1%3D2,%23%3F&start=0"))
    }

    @Test func keepsAnIdInsideItsSegment() {
        #expect(
            requests.attendance(section: "1/../2?x", from: day, through: day).url
                == "https://api.schoology.com/v1/sections/1%2F..%2F2%3Fx/attendance?start=2014-05-20&end=2014-05-20")
        #expect(!requests.enrollments(section: "..").url.contains(".."))
    }

    @Test func asksForManyEnrollmentsAtOnce() {
        let request = requests.multigetEnrollments(sections: ["1", "2"])
        #expect(request.method == .post)
        #expect(request.url == "https://api.schoology.com/v1/multiget")
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(
            text(request.body)
                == #"{"request":["/v1/sections/1/enrollments?start=0&limit=200","#
                + #""/v1/sections/2/enrollments?start=0&limit=200"]}"#)
    }

    @Test func putsWhatTheAPIPageShows() {
        let request = requests.putAttendance(
            section: "7", items: [AttendanceItem(enrollmentID: "784754", day: day, status: .present)])
        #expect(request.method == .put)
        #expect(request.url == "https://api.schoology.com/v1/sections/7/attendance")
        #expect(request.headers.contains(HTTPHeader("Content-Type", "application/json")))
        #expect(text(request.body) == documentedPut.filter { !$0.isWhitespace })
    }

    @Test func sendsACommentOnlyWhereThereIsOne() {
        let request = requests.putAttendance(
            section: "7",
            items: [
                AttendanceItem(enrollmentID: "1", day: day, status: .late, comment: "bus \"7\"\\\n\u{1}é😀/"),
                AttendanceItem(enrollmentID: "2", day: day, status: .excused, comment: ""),
            ])
        #expect(
            text(request.body)
                == #"{"attendances":{"attendance":[{"enrollment_id":"1","date":"2014-05-20","status":"3","#
                + #""comment":"bus \"7\"\\\u000a\u0001é😀/"},"#
                + #"{"enrollment_id":"2","date":"2014-05-20","status":"4"}]}}"#)
    }

    @Test(arguments: [
        "https://api.schoology.com/v1/sections?start=200&limit=200",
        "http://evil.example/v1/sections?start=200&limit=200",
        "//evil.example:1/v1/sections?start=200&limit=200", "/v1/sections?start=200&limit=200",
    ])
    func followsOnTheConfiguredHostOnly(link: String) throws {
        #expect(
            try requests.following(link).url == "https://api.schoology.com/v1/sections?start=200&limit=200")
    }

    @Test(arguments: [
        "", "https://api.schoology.com", "/v2/sections", "/v1", "v1/sections", "/v1/../admin", "/v1/%2E%2e/admin",
        "/v1/./x", "https://evil.example/?/v1/", "@evil.example/v1/", "/v1/a\r\nX: y", "/v1/#", "//v1/sections",
    ])
    func refusesALinkOutsideTheAPI(link: String) {
        #expect(throws: MalformedAnswer.self) { try requests.following(link) }
    }
}
