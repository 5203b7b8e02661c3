import AttendanceCore

/// Pieces of URLs, as text.
package enum URLText {
    /// Everything but RFC 3986's unreserved characters (section 2.3) percent-encoded.
    package static func encoded(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One segment of a path: as ``encoded(_:)``, and `.` and `..` can't be told from dot segments, so they vanish.
    package static func segment(_ text: String) -> String {
        text == "." || text == ".." ? "" : encoded(text)
    }

    /// Path and query of a link in an answer, byte for byte. Scheme, host and port of an absolute URL are dropped:
    /// credentials go to the configured host only, whatever an answer says.
    package static func pathAndQuery(of link: String) throws(MalformedAnswer) -> String {
        guard link.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
        else { throw MalformedAnswer(what: "the link to the next page has characters that no URL has") }
        var rest = Substring(link)
        if let colon = rest.firstIndex(of: ":"), rest[..<colon].allSatisfy({ $0.isLetter }) {
            let afterScheme = rest[rest.index(after: colon)...]
            if afterScheme.hasPrefix("//") { rest = afterScheme }
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2).drop { $0 != "/" && $0 != "?" }
        }
        guard rest.hasPrefix("/"), !rest.hasPrefix("//") else {
            throw MalformedAnswer(what: "the link to the next page is not a path")
        }
        let path = rest.prefix { $0 != "?" }
        for segment in path.split(separator: "/") {
            let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false)
                .joined(separator: ".")
            guard plain != ".", plain != ".." else {
                throw MalformedAnswer(what: "the link to the next page leaves its path")
            }
        }
        return String(rest)
    }

    /// A base URL without slashes at its end.
    package static func base(_ url: String) -> String {
        var rest = url[...]
        while rest.last == "/" { rest.removeLast() }
        return String(rest)
    }
}
