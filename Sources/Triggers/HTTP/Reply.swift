/// The answers there are. None has a body, and after each the connection is closed.
enum Reply {
    case stored
    case notUnderstood
    case unknownPath
    case wrongMethod
    case tooSlow
    case bodyTooLarge
    case headTooLarge
    case unavailable

    init(_ refusal: Refusal) {
        switch refusal {
        case .malformed: self = .notUnderstood
        case .headTooLarge: self = .headTooLarge
        case .bodyTooLarge: self = .bodyTooLarge
        }
    }

    var bytes: [UInt8] {
        let status =
            switch self {
            case .stored: "200 OK"
            case .notUnderstood: "400 Bad Request"
            case .unknownPath: "404 Not Found"
            case .wrongMethod: "405 Method Not Allowed\r\nAllow: POST"
            case .tooSlow: "408 Request Timeout"
            case .bodyTooLarge: "413 Content Too Large"
            case .headTooLarge: "431 Request Header Fields Too Large"
            case .unavailable: "503 Service Unavailable"
            }
        return Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    }

    /// RFC 9110 section 15.2.1.
    static let carryOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
