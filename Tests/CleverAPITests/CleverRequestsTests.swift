import AttendanceCore
import CleverAPI
import Testing
import Transport

struct CleverRequestsTests {
    let requests = CleverRequests(baseURL: "https://api.clever.com", token: Secret("t0ken"), pageSize: 1000)
    let april = (first: Day("2025-04-01")!, last: Day("2025-04-30")!)

    @Test func spellsEachEndpoint() {
        #expect(requests.districts().url == "https://api.clever.com/v3.1/districts")
        #expect(requests.schools().url == "https://api.clever.com/v3.1/schools?limit=1000")
        #expect(requests.sections().url == "https://api.clever.com/v3.1/sections?limit=1000")
        #expect(requests.students().url == "https://api.clever.com/v3.1/users?role=student&limit=1000")
        #expect(
            requests.attendance(school: "67f421692eda0e3fa1880e4f", from: april.first, through: april.last).url
                == "https://api.clever.com/v3.1/attendance/schools/67f421692eda0e3fa1880e4f"
                + "?date_range_start=2025-04-01&date_range_end=2025-04-30&limit=1000")
    }

    @Test func asksAsTheBearerOfTheToken() {
        let request = requests.districts()
        #expect(request.method == .get)
        #expect(request.body == nil)
        #expect(request.headers.contains(HTTPHeader("Authorization", "Bearer t0ken")))
    }

    @Test func keepsTheSchoolInsideItsSegment() {
        let url = requests.attendance(school: "a/../b?c", from: april.first, through: april.last).url
        #expect(url.hasPrefix("https://api.clever.com/v3.1/attendance/schools/a%2F..%2Fb%3Fc?date_range_start="))
    }

    @Test func keepsTheCursorByteForByte() throws {
        let path = "/v3.1/attendance/schools/67f4?limit=10&starting_after=MjAyNS0wNC0wMV82Nw+/%2B=="
        #expect(try requests.following(path).url == "https://api.clever.com" + path)
    }

    @Test(arguments: [
        "https://api.clever.com/v3.1/sections?starting_after=x",
        "https://evil.example/v3.1/sections?starting_after=x",
        "http://user@evil.example:8080/v3.1/sections?starting_after=x",
        "HTTPS://EVIL.example/v3.1/sections?starting_after=x",
        "//evil.example/v3.1/sections?starting_after=x",
        "/v3.1/sections?starting_after=x",
    ])
    func sendsTheTokenToTheConfiguredHostOnly(link: String) throws {
        #expect(try requests.following(link).url == "https://api.clever.com/v3.1/sections?starting_after=x")
    }

    @Test(arguments: [
        "", "v3.1/sections", "?starting_after=x", "@evil.example/", ".evil.example/v3.1", "https://evil.example",
        "https://evil.example?x=/", "https:/", "file:v3.1", "////evil.example/", "https:////x", "/v3.1/../oauth/tokens",
        "/v3.1/%2e%2E/oauth", "/v3.1/a b", "/v3.1/\r\nHost: evil", "/v3.1/\\evil", "/v3.1/é", "/v3.1#x", "/\0",
    ])
    func refusesALinkThatIsNoPath(link: String) {
        #expect(throws: MalformedAnswer.self) { try requests.following(link) }
    }

    @Test func toleratesASlashAtTheEndOfTheBase() {
        let requests = CleverRequests(baseURL: "http://127.0.0.1:8080/", token: Secret("t"), pageSize: 1)
        #expect(requests.schools().url == "http://127.0.0.1:8080/v3.1/schools?limit=1")
    }
}
