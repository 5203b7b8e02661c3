import AttendanceCore
import Transport

extension HTTPResponse {
    /// `Retry-After` in either of its forms (RFC 9110 section 10.2.3); a date is taken by the server's own `Date`.
    func retryAfter(now: Timestamp) -> Span? {
        guard let header = self[header: "Retry-After"] else { return nil }
        if let delay = RetryAfter.delay(header) { return delay }
        guard let date = HTTPDate.parse(header) else { return nil }
        let serverNow = self[header: "Date"].flatMap(HTTPDate.parse) ?? now.seconds
        return .seconds(min(max(date - serverNow, 0), 7 * 86_400))
    }
}
