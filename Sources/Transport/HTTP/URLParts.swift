/// The parts of an absolute `http` or `https` URL, still percent-encoded (RFC 3986 section 3).
struct URLParts: Equatable {
    /// Lower case.
    var scheme: String
    /// Lower case; an IPv6 address with its brackets.
    var host: String
    /// As written; nil where the URL has none.
    var port: Int?
    /// Never empty: `/` where the URL has none.
    var path: String
    /// What follows `?`, without it; nil where there is none.
    var query: String?

    /// Nil when there is no scheme, no host or a port that isn't a number of 0 to 65535. A fragment and a user name
    /// are dropped: neither is sent.
    init?(_ url: String) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        scheme = url[..<colon].lowercased()
        var rest = url[url.index(colon, offsetBy: 3)...]
        if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }

        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        rest = rest[authorityEnd...]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }

        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        host = authority[..<hostEnd].lowercased()
        let afterHost = authority[hostEnd...]
        if afterHost.isEmpty || afterHost == ":" {
            port = nil
        } else {
            guard afterHost.hasPrefix(":"), let number = UInt16(afterHost.dropFirst()) else { return nil }
            port = Int(number)
        }
        guard !scheme.isEmpty, !host.isEmpty else { return nil }

        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        path = rest.isEmpty ? "/" : String(rest)
    }

    /// `host`, and the port where the URL has one.
    var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// True for this machine itself, whatever the resolver says: `localhost` (RFC 6761 section 6.3), 127/8 and `::1`.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
