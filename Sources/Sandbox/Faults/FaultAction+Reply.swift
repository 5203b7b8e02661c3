extension FaultAction {
    /// True for what takes the answer's place; the others spoil the answer that there is.
    var replacesAnswer: Bool {
        switch self {
        case .status, .html, .reset, .hang: true
        case .truncated, .contentLength, .itemCount, .itemCode, .singleObjects, .numbersAsStrings, .emptyForNull,
            .clockSkew, .repeatedPages, .expiredCursors, .absentLinks:
            false
        }
    }

    /// What is sent instead of `reply`, which counts only if the request was applied.
    func replacement(for reply: WireReply, from side: SandboxSide, isApplied: Bool, now: Instant) -> WireReply {
        switch self {
        case .status(let status, let body, let retryAfter):
            var result = Self.usual(status, body: body, from: side)
            if let retryAfter { result.headers += Self.wait(retryAfter, status: status, from: side, now: now) }
            return result
        case .html(let status):
            let page = "<html><head><title>\(status)</title></head><body><h1>\(status)</h1></body></html>\n"
            return .html(page, status: status)
        case .reset:
            return Self.resetting(reply, after: 0)
        case .hang(let seconds):
            var result = isApplied ? reply : Self.resetting(reply, after: 0)
            result.delay = Int64(seconds * 1000)
            return result
        case .truncated, .contentLength, .itemCount, .itemCode, .singleObjects, .numbersAsStrings, .emptyForNull,
            .clockSkew, .repeatedPages, .expiredCursors, .absentLinks:
            return reply
        }
    }

    /// Damages the bytes of an answer.
    func spoil(_ reply: inout WireReply) {
        switch self {
        case .truncated(let bytes):
            reply.claimedLength = reply.body.count
            reply.body = Array(reply.body.prefix(min(bytes ?? .max, reply.body.count / 2)))
            reply.ending = .close
        case .contentLength(let offset):
            reply.claimedLength = max(0, reply.body.count + offset)
            reply.ending = .close
        case .status, .html, .reset, .hang, .itemCount, .itemCode, .singleObjects, .numbersAsStrings, .emptyForNull,
            .clockSkew, .repeatedPages, .expiredCursors, .absentLinks:
            break
        }
    }

    private static func resetting(_ reply: WireReply, after delay: Int64) -> WireReply {
        var result = reply
        result.isSent = false
        result.ending = .reset
        result.delay = delay
        return result
    }

    /// How the side says when to come again: Clever's 429 by the reset of its count.
    private static func wait(
        _ seconds: Int, status: Int, from side: SandboxSide, now: Instant
    ) -> [(name: String, value: String)] {
        guard side == .clever, status == 429 else { return [("Retry-After", String(seconds))] }
        return [
            ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", String(now.adding(seconds: seconds).unixSeconds)),
        ]
    }

    /// The body that the side usually gives a status.
    private static func usual(_ status: Int, body: String?, from side: SandboxSide) -> WireReply {
        switch (side, body) {
        case (.clever, nil) where status == 429: WireReply(status: 429)
        case (.clever, let body): body.map { .text($0, status: status) } ?? .message("Status \(status)", status: status)
        case (.schoology, let body): .text(body ?? "Status \(status)", status: status)
        }
    }
}
