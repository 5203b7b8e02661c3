import AttendanceCore
import CleverAPI
import SchoologyAPI

@testable import Transport

extension FuzzTarget {
    /// Next links, as they come, are stored and followed: no link leaves the configured host, and a link that was
    /// followed leads to itself.
    static let links = FuzzTarget(name: "links") { input throws(Finding) in
        let link = String(decoding: input, as: UTF8.self)
        let clever = CleverRequests(baseURL: "https://clever.example:8443", token: Secret("t"), pageSize: 10)
        let schoology = SchoologyRequests(baseURL: "http://127.0.0.1:8080/")
        try follow(link, from: "https://clever.example:8443", "https", "clever.example", 8443, clever.following)
        try follow(link, from: "http://127.0.0.1:8080", "http", "127.0.0.1", 8080) {
            link throws(MalformedAnswer) in
            let request = try schoology.following(link)
            return request
        }
        if let request = try? schoology.following(link) {
            try require(request.url.hasPrefix("http://127.0.0.1:8080/v1/"), request.url)
        }
    }

    private static func follow(
        _ link: String, from base: String, _ scheme: String, _ host: String, _ port: Int,
        _ following: (String) throws(MalformedAnswer) -> HTTPRequest
    ) throws(Finding) {
        guard let request = try? following(link) else { return }
        let url = request.url
        try require(request.method == .get && request.body == nil, "more than a read")
        try require(url.hasPrefix(base + "/"), "\(link) leads to \(url)")
        guard let parts = URLParts(url) else { throw Finding(what: "not a URL: \(url)") }
        try require(parts.scheme == scheme && parts.host == host && parts.port == port, "\(link) leads to \(url)")
        try require(url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "bytes that no URL has: \(url)")
        try require(!parts.path.hasPrefix("//"), "\(url) begins another host")
        for segment in parts.path.split(separator: "/") {
            try require(segment != "." && segment != "..", "\(url) leaves its path")
        }
        // Byte for byte, as a cursor is opaque.
        let path = String(url.dropFirst(base.count))
        try require(link.hasSuffix(path), "\(link) was changed to \(path)")
        try require((try? following(path))?.url == url, "\(path) leads elsewhere the second time")
        try require((try? following(url))?.url == url, "\(url) leads elsewhere the second time")
    }
}
