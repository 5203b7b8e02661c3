@testable import Triggers

extension FuzzTarget {
    /// The trigger listener's HTTP. However the bytes are cut into packets, they are the same request or the same
    /// refusal; and the request, put in canonical form, is the same request.
    static let triggerRequest = FuzzTarget(name: "trigger-request") { input throws(Finding) in
        // The first two bytes say how the rest is cut.
        guard input.count > 2 else { return }
        let bytes = Array(input.dropFirst(2))
        let whole = outcome(bytes) { _ in bytes.count }
        let single = outcome(bytes) { _ in 1 }
        let cut = outcome(bytes) { 1 + Int(input[$0 & 1]) * ($0 % 3) / 2 }
        try require(whole == single, "whole \(whole), byte by byte \(single)")
        try require(whole == cut, "whole \(whole), in pieces \(cut)")
        guard case .request(let request) = whole else { return }
        try require(request.body.count <= bodyLimit, "a body of \(request.body.count) bytes")
        try require(
            request.path.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") },
            "the path \(request.path)")
        for isChunked in [false, true] {
            let again = canonical(request, isChunked: isChunked)
            // Its head may be longer than that of an old request without fields.
            guard again.prefix(headLimit + 1).count <= headLimit || request.body.count < again.count else { continue }
            let read = outcome(again) { _ in again.count }
            guard read != .refused(.headTooLarge) else { continue }
            try require(read == .request(request), "\(request) reads again as \(read)")
        }
    }

    private static let headLimit = 512
    private static let bodyLimit = 256

    private struct Request: Equatable {
        var method: String
        var path: [UInt8]
        var expectsContinue: Bool
        var isEncoded: Bool
        var body: [UInt8]
    }

    private enum Outcome: Equatable {
        case unfinished
        case request(Request)
        case refused(Refusal)
    }

    private static func outcome(_ bytes: [UInt8], piece: (Int) -> Int) -> Outcome {
        var reader = RequestReader(headLimit: headLimit, bodyLimit: bodyLimit)
        var head: RequestHead?
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + max(1, piece(offset)))
            reader.append(Array(bytes[offset..<end]))
            offset = end
            do throws(Refusal) {
                steps: while true {
                    switch try reader.next() {
                    case .more: break steps
                    case .head(let read): head = read
                    case .body(let body):
                        guard let head else { return .unfinished }
                        return .request(
                            Request(
                                method: head.method, path: head.path, expectsContinue: head.expectsContinue,
                                isEncoded: head.isEncoded, body: body))
                    }
                }
            } catch {
                return .refused(error)
            }
        }
        return .unfinished
    }

    private static func canonical(_ request: Request, isChunked: Bool) -> [UInt8] {
        // There may be nothing before the question mark; no handler has that path.
        var head = "\(request.method) \(String(decoding: request.path, as: UTF8.self))? HTTP/1.1\r\nhost: a\r\n"
        if request.expectsContinue { head += "expect: 100-continue\r\n" }
        if request.isEncoded { head += "content-encoding: x\r\n" }
        guard isChunked else {
            return Array("\(head)content-length: \(request.body.count)\r\n\r\n".utf8) + request.body
        }
        var bytes = Array("\(head)transfer-encoding: chunked\r\n\r\n".utf8)
        var rest = request.body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(1 + rest.count / 2)
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
            rest = rest.dropFirst(chunk.count)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
