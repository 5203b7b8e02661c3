/// A request that comes over no wire.
public struct SandboxRequest: Sendable {
    public var method: String
    /// Path and query, percent-encoded.
    public var target: String
    /// Names in lower case; `host` is what a signature covers.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(method: String, target: String, headers: [String: String], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// The answer to it. What a connection would do to it is the caller's.
public struct SandboxAnswer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension LocalSandbox {
    /// Answers as the server of that side does, faults and rate limits included, at the sandbox's time.
    public func answer(_ request: SandboxRequest, from side: SandboxSide) -> SandboxAnswer {
        let wire = WireRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body)
        let reply = core.answer(wire, from: side, baseURL: side == .schoology ? schoologyURL : "")
        return SandboxAnswer(status: reply.status, headers: reply.headers, body: reply.body)
    }
}
