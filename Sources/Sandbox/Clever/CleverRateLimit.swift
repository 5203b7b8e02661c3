/// Clever's rate limit: a count for each token that starts again each minute.
struct CleverRateLimit: Sendable {
    let requestsPerMinute: Int
    private var minute: Int64 = -1
    private(set) var used = 0
    private(set) var refused = 0

    init(requestsPerMinute: Int) {
        self.requestsPerMinute = requestsPerMinute
    }

    /// Counts one request; false if it is one too many.
    mutating func admit(at now: Instant) -> Bool {
        if now.unixSeconds / 60 != minute {
            minute = now.unixSeconds / 60
            used = 0
        }
        guard used < requestsPerMinute else {
            refused += 1
            return false
        }
        used += 1
        return true
    }

    /// The headers that every answer to a known token carries.
    func headers() -> [(name: String, value: String)] {
        [
            ("X-RateLimit-Bucket", "global"),
            ("X-RateLimit-Limit", String(requestsPerMinute)),
            ("X-RateLimit-Remaining", String(requestsPerMinute - used)),
            ("X-RateLimit-Reset", String((minute + 1) * 60)),
        ]
    }
}
