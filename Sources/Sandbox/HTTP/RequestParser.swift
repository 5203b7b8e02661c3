/// Cuts a connection's bytes into requests (RFC 9112). Bodies come with `Content-Length` only.
struct RequestParser {
    enum Failure: Error {
        case headTooLarge
        case bodyTooLarge
        case malformed
        case lengthRequired
    }

    private enum State {
        case head
        case body(method: String, target: String, headers: [String: String], length: Int)
    }

    static let headLimit = 64 << 10
    static let bodyLimit = 4 << 20

    private var buffer: [UInt8] = []
    private var state: State = .head
    /// True once, when the client waits for `100 Continue` (RFC 9110 section 10.1.1).
    private(set) var expectsContinue = false

    mutating func append(_ bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
    }

    /// The next whole request; nil if more bytes are needed.
    mutating func next() throws(Failure) -> WireRequest? {
        if case .head = state {
            guard let end = headEnd() else {
                if buffer.count > Self.headLimit { throw .headTooLarge }
                return nil
            }
            state = try parseHead(String(decoding: buffer[..<end], as: UTF8.self))
            buffer.removeFirst(end + 4)
        }
        guard case .body(let method, let target, let headers, let length) = state, buffer.count >= length else {
            return nil
        }
        let body = Array(buffer[..<length])
        buffer.removeFirst(length)
        state = .head
        expectsContinue = false
        return WireRequest(method: method, target: target, headers: headers, body: body)
    }

    mutating func continued() {
        expectsContinue = false
    }

    private func headEnd() -> Int? {
        guard buffer.count >= 4 else { return nil }
        for index in 0...(buffer.count - 4)
        where buffer[index] == 13 && buffer[index + 1] == 10 && buffer[index + 2] == 13 && buffer[index + 3] == 10 {
            return index
        }
        return nil
    }

    private mutating func parseHead(_ head: String) throws(Failure) -> State {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw .malformed }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw .malformed }
            headers[sides[0].lowercased()] = Self.trim(sides[1])
        }
        guard headers["transfer-encoding"] == nil else { throw .lengthRequired }
        var length = 0
        if let text = headers["content-length"] {
            guard let number = Int(text), number >= 0 else { throw .malformed }
            guard number <= Self.bodyLimit else { throw .bodyTooLarge }
            length = number
        }
        expectsContinue = headers["expect"]?.lowercased() == "100-continue"
        return .body(method: String(words[0]), target: String(words[1]), headers: headers, length: length)
    }

    private static func trim(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
