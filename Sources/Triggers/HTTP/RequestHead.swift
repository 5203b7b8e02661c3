/// Request line and fields (RFC 9112 sections 3 and 5), as far as a trigger needs them. Strict: what two readers could
/// understand in two ways is refused.
struct RequestHead {
    enum Framing: Equatable {
        case length(Int)
        case chunked
    }

    static let mostFields = 100

    var method: String
    /// Without the query, byte for byte.
    var path: [UInt8]
    var framing: Framing
    /// RFC 9110 section 10.1.1.
    var expectsContinue: Bool
    /// The body is compressed.
    var isEncoded: Bool

    /// - Parameter lines: without their CRLFs and the empty one, and without control characters but tabs.
    init(_ lines: [ArraySlice<UInt8>]) throws(Refusal) {
        let words = (lines.first ?? []).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, !words[0].isEmpty, words[0].allSatisfy(Self.isTokenByte), !words[1].isEmpty,
            words[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw .malformed }
        let isOld = words[2].elementsEqual("HTTP/1.0".utf8)
        guard isOld || words[2].elementsEqual("HTTP/1.1".utf8) else { throw .malformed }
        guard lines.count - 1 <= Self.mostFields else { throw .headTooLarge }

        var fields: [String: [String]] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(Self.isTokenByte)
            else { throw .malformed }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            fields[name, default: []].append(Self.trimmed(line[line.index(after: colon)...]).lowercased())
        }
        guard isOld || fields["host"]?.count == 1 else { throw .malformed }

        method = String(decoding: words[0], as: UTF8.self)
        path = Array(words[1].prefix { $0 != UInt8(ascii: "?") })
        framing = try Self.framing(fields, isOld: isOld)
        expectsContinue = !isOld && fields["expect"] == ["100-continue"]
        isEncoded = !(fields["content-encoding"] ?? []).allSatisfy { ["", "identity"].contains($0) }
    }

    /// RFC 9112 section 6.3. Both headers, or one of them twice, is how requests are smuggled past a proxy.
    private static func framing(_ fields: [String: [String]], isOld: Bool) throws(Refusal) -> Framing {
        switch (fields["transfer-encoding"], fields["content-length"]) {
        case (nil, nil): return .length(0)
        case (["chunked"], nil) where !isOld: return .chunked
        case (nil, let lengths?):
            guard lengths.count == 1, let digits = lengths.first, !digits.isEmpty,
                digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { throw .malformed }
            return .length(Int(digits) ?? .max)
        case (.some, _): throw .malformed
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = bytes.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }

    /// RFC 9110 section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
