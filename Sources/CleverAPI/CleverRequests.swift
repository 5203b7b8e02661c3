import Answers
import AttendanceCore
import Transport

/// The requests that are made of Clever's Data API and Attendance API v3.1.
public struct CleverRequests: Sendable {
    private let base: String
    private let token: Secret
    private let pageSize: Int

    /// `baseURL` has no slash at its end; `pageSize` is the `limit` of each list.
    public init(baseURL: String, token: Secret, pageSize: Int) {
        base = URLText.base(baseURL)
        self.token = token
        self.pageSize = pageSize
    }

    /// The district of the token, with `last_attendance_sync`.
    public func districts() -> HTTPRequest {
        get("/v3.1/districts")
    }

    public func schools() -> HTTPRequest {
        get("/v3.1/schools?limit=\(pageSize)")
    }

    public func sections() -> HTTPRequest {
        get("/v3.1/sections?limit=\(pageSize)")
    }

    public func students() -> HTTPRequest {
        get("/v3.1/users?role=student&limit=\(pageSize)")
    }

    /// The records of one school whose attendance date is in the window, both ends included
    /// (Attendance Data API Overview, `GET /v3.1/attendance/schools/{school_id}`).
    public func attendance(school: String, from first: Day, through last: Day) -> HTTPRequest {
        get(
            "/v3.1/attendance/schools/\(URLText.segment(school))"
                + "?date_range_start=\(first)&date_range_end=\(last)&limit=\(pageSize)")
    }

    /// The records of one section whose attendance date is in the window, both ends included
    /// (Attendance Data API Overview, `GET /v3.1/attendance/sections/{section_id}`). No daily records.
    public func attendance(section: String, from first: Day, through last: Day) -> HTTPRequest {
        get(
            "/v3.1/attendance/sections/\(URLText.segment(section))"
                + "?date_range_start=\(first)&date_range_end=\(last)&limit=\(pageSize)")
    }

    /// The page behind a `next` link: a path without a host, or an absolute URL whose host is ignored, so that the
    /// token never leaves the configured one. The cursor is kept byte for byte.
    public func following(_ uri: String) throws(MalformedAnswer) -> HTTPRequest {
        get(try URLText.pathAndQuery(of: uri))
    }

    private func get(_ path: String) -> HTTPRequest {
        HTTPRequest(
            .get, base + path,
            headers: [
                HTTPHeader("Authorization", "Bearer \(token.reveal())"),
                HTTPHeader("Accept", "application/json"),
            ])
    }
}
