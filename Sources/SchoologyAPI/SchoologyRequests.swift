import Answers
import AttendanceCore
import Transport

/// The requests that are made of Schoology's REST API v1, unsigned: whoever sends them signs them just before.
public struct SchoologyRequests: Sendable {
    /// The most that one list answers at a time.
    private static let page = "start=0&limit=200"

    private let base: String

    /// `baseURL` has no slash at its end.
    public init(baseURL: String) {
        base = URLText.base(baseURL)
    }

    /// The sections of at most 50 school codes (REST API, "Course Section", `section_school_codes`).
    public func sections(schoolCodes: [String]) -> HTTPRequest {
        get("/v1/sections?section_school_codes=\(list(schoolCodes))&include_past=1&\(Self.page)")
    }

    /// The users of at most 50 school uids (REST API, "User", `school_uids`).
    public func users(schoolUIDs: [String]) -> HTTPRequest {
        get("/v1/users?school_uids=\(list(schoolUIDs))&\(Self.page)")
    }

    public func courses() -> HTTPRequest {
        get("/v1/courses?\(Self.page)")
    }

    public func sections(course: String) -> HTTPRequest {
        get("/v1/courses/\(URLText.segment(course))/sections?include_past=1&\(Self.page)")
    }

    public func enrollments(section: String) -> HTTPRequest {
        get(enrollmentsPath(section))
    }

    /// The first page of the enrollments of at most 50 sections (REST API, "Multi-get requests").
    public func multigetEnrollments(sections: [String]) -> HTTPRequest {
        let paths = sections.map { JSONText.quoted(enrollmentsPath($0)) }
        return write(.post, "/v1/multiget", #"{"request":["# + paths.joined(separator: ",") + "]}")
    }

    /// The marks of one section in the window, both ends included. `start` is a date here and no page offset
    /// (REST API, "Attendance").
    public func attendance(section: String, from first: Day, through last: Day) -> HTTPRequest {
        get("/v1/sections/\(URLText.segment(section))/attendance?start=\(first)&end=\(last)")
    }

    /// At most 50 marks of one section. Every value is a text, as the API page has it; a mark is cleared with
    /// status 1.
    public func putAttendance(section: String, items: [AttendanceItem]) -> HTTPRequest {
        let list = items.map(\.json).joined(separator: ",")
        return write(
            .put, "/v1/sections/\(URLText.segment(section))/attendance",
            #"{"attendances":{"attendance":["# + list + "]}}")
    }

    /// The page behind `links.next`, an absolute URL. Only its path and query are used, on the configured host, so
    /// that no signature goes elsewhere; anything outside `/v1/` is refused.
    public func following(_ uri: String) throws(MalformedAnswer) -> HTTPRequest {
        let path = try URLText.pathAndQuery(of: uri)
        guard path.hasPrefix("/v1/") else {
            throw MalformedAnswer(what: "the link to the next page does not begin with /v1/")
        }
        return get(path)
    }

    private func enrollmentsPath(_ section: String) -> String {
        "/v1/sections/\(URLText.segment(section))/enrollments?\(Self.page)"
    }

    /// Each encoded by itself, so that a comma inside a code doesn't part it.
    private func list(_ texts: [String]) -> String {
        texts.map(URLText.encoded).joined(separator: ",")
    }

    private func get(_ path: String) -> HTTPRequest {
        HTTPRequest(.get, base + path, headers: [HTTPHeader("Accept", "application/json")])
    }

    private func write(_ method: HTTPRequest.Method, _ path: String, _ json: String) -> HTTPRequest {
        HTTPRequest(
            method, base + path,
            headers: [
                HTTPHeader("Accept", "application/json"), HTTPHeader("Content-Type", "application/json"),
            ],
            body: Array(json.utf8))
    }
}
