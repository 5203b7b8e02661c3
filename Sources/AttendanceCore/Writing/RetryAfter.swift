/// How long a 429 says to wait.
public enum RetryAfter {
    /// What is waited when the answer does not say (Schoology's clients wait 5 s).
    public static let unstated = Span.seconds(5)

    /// Reads `Retry-After` as delay-seconds (RFC 9110 section 10.2.3). Nil for a date or anything else.
    public static func delay(_ header: String?) -> Span? {
        guard let header, let seconds = Int64(header.trimming()), seconds >= 0, seconds <= 7 * 86_400 else {
            return nil
        }
        return .seconds(seconds)
    }

    /// Clever's `X-RateLimit-Reset`: the Unix time, in seconds, at which the count starts again. Nil for anything else.
    public static func untilReset(_ header: String?, now: Timestamp) -> Span? {
        // Up to the year 9999: more would not fit in milliseconds.
        guard let header, let seconds = Int64(header.trimming()), (1...253_402_300_799).contains(seconds) else {
            return nil
        }
        let wait = Timestamp(seconds: seconds) - now
        return wait < .zero ? .zero : wait
    }
}

extension String {
    /// Without spaces and tabs at either end.
    func trimming() -> Substring {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
