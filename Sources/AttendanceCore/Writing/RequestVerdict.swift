/// What the status of a whole answer calls for, before its body is looked at.
public enum RequestVerdict: Sendable, Hashable {
    case accepted
    /// 401 that speaks of a timestamp or nonce: sign again, send again.
    case signAgain
    /// 401 or 403: the credential does not work.
    case refusedCredential
    /// 429: wait as told, send again.
    case wait
    /// 404.
    case notFound
    /// 410.
    case gone
    /// 408, 409, 425, 5xx, a redirect (a proxy's page, for neither API redirects what is asked here), or a status
    /// that no final answer has: try again.
    case retry
    /// Any other 4xx: sending it again would give the same.
    case rejected

    /// - Parameter message: what the answer says, of which only a 401's matters.
    public static func verdict(status: Int, message: @autoclosure () -> String?) -> RequestVerdict {
        switch status {
        case 200...299:
            return .accepted
        case 401:
            let words = message()?.lowercased() ?? ""
            return words.contains("timestamp") || words.contains("nonce") ? .signAgain : .refusedCredential
        case 403: return .refusedCredential
        case 404: return .notFound
        case 408, 409, 425: return .retry
        case 410: return .gone
        case 429: return .wait
        case 400...499: return .rejected
        default: return .retry
        }
    }
}
