/// One HTTP request as it came over the wire.
struct WireRequest: Sendable {
    let method: String
    /// Path and query as they were sent, still percent-encoded.
    let target: String
    /// The path as it was sent.
    let path: String
    /// The query's pairs, decoded, in the order they were sent.
    let query: [(name: String, value: String)]
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    init(method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count < 2 ? [] : Self.pairs(parts[1])
    }

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The path's parts between slashes, decoded.
    var segments: [String] {
        path.split(separator: "/").map { PercentEncoding.decode($0) }
    }

    /// Splits `a=1&b=2` and decodes both sides.
    static func pairs(_ query: some StringProtocol) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.decode(sides[0], plusIsSpace: true),
                sides.count < 2 ? "" : PercentEncoding.decode(sides[1], plusIsSpace: true)
            )
        }
    }
}
