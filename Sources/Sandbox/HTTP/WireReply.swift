/// One HTTP answer, and what becomes of the connection with it.
struct WireReply: Sendable {
    /// What the connection does once the answer's bytes are out.
    enum Ending: Sendable, Hashable {
        /// Stays open for the next request, unless the client asked otherwise.
        case keepAlive
        /// A proper close.
        case close
        /// A TCP reset.
        case reset
    }

    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// What `Content-Length` claims, where that isn't the body's length.
    var claimedLength: Int?
    /// False: not a byte is sent.
    var isSent = true
    /// Time to wait before the first byte, in milliseconds.
    var delay: Int64 = 0
    var ending: Ending = .keepAlive

    init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ body: [UInt8], status: Int = 200) -> WireReply {
        WireReply(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: body)
    }

    /// `{"message": …}`, the error body of Clever's swagger.
    static func message(_ text: String, status: Int) -> WireReply {
        var json = JSONWriter()
        json.object { $0.string("message", text) }
        return .json(json.bytes, status: status)
    }

    static func text(_ text: String, status: Int) -> WireReply {
        WireReply(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    static func html(_ text: String, status: Int) -> WireReply {
        WireReply(status: status, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array(text.utf8))
    }

    /// Status line, headers and body, ready for the socket.
    func serialized(closing: Bool) -> [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.reasons[status] ?? "Status")\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(claimedLength ?? body.count)\r\n"
        if closing { head += "Connection: close\r\n" }
        head += "\r\n"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.utf8.count + body.count)
        bytes.append(contentsOf: head.utf8)
        bytes.append(contentsOf: body)
        return bytes
    }

    private static let reasons = [
        200: "OK", 201: "Created", 204: "No Content", 207: "Multi-Status", 400: "Bad Request", 401: "Unauthorized",
        403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict",
        410: "Gone", 411: "Length Required", 413: "Content Too Large", 425: "Too Early", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    ]
}
