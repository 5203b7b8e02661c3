import AttendanceCore

/// The one place where bytes become JSON. Its index bounds the nesting, so hostile depth throws.
package enum AnswerJSON {
    /// Reads a whole answer. `expected` names it in the error: "a page of sections".
    package static func read<Answer: ReadableFromJSON>(
        _ answer: Answer.Type, from body: [UInt8], expected: String
    ) throws(MalformedAnswer) -> Answer {
        let first = firstByte(of: body)
        if first == nil {
            throw MalformedAnswer(what: "expected \(expected), got an empty body instead of JSON")
        }
        if first == UInt8(ascii: "<") {
            throw MalformedAnswer(what: "expected \(expected), got an HTML page instead of JSON")
        }
        let outcome = body.withUnsafeBufferPointer { text -> Result<Answer, UnexpectedShape>? in
            let index = JSONIndex(text)
            guard index.isComplete, let base = text.baseAddress else { return nil }
            return Result { () throws(UnexpectedShape) in try index.read(base, Answer.init) }
        }
        switch outcome {
        case .success(let answer): return answer
        case .failure(let shape):
            throw MalformedAnswer(
                what: shape.what.map { "expected \(expected): \($0)" }
                    ?? "expected \(expected), got \(kind(first)) instead")
        case nil:
            throw MalformedAnswer(what: "expected \(expected), got \(body.count) bytes that are not JSON, or cut short")
        }
    }

    /// Whether the body is a page of markup, as proxies and overloaded servers send it.
    package static func isMarkup(_ body: [UInt8]) -> Bool {
        firstByte(of: body) == UInt8(ascii: "<")
    }

    /// The first byte that is neither white space nor part of a byte order mark.
    private static func firstByte(of body: [UInt8]) -> UInt8? {
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return body[start...].first { $0 > 0x20 }
    }

    private static func kind(_ first: UInt8?) -> String {
        switch first {
        case UInt8(ascii: "{"): "an object with other fields"
        case UInt8(ascii: "["): "a list"
        case UInt8(ascii: "\""): "a text"
        case UInt8(ascii: "n"): "null"
        default: "a lone value"
        }
    }
}
