/// The text of an error's body, for an administrator.
package enum AnswerMessage {
    /// `message` of an object, one line of at most 200 characters; with `plainText`, also a body that is no JSON.
    /// Nil for markup and where there is nothing to read.
    package static func read(_ body: [UInt8], plainText: Bool) -> String? {
        guard !AnswerJSON.isMarkup(body) else { return nil }
        let text: String?
        if let carrier = try? AnswerJSON.read(Carrier.self, from: body, expected: "a message") {
            text = carrier.message
        } else if plainText, !startsLikeJSON(body) {
            text = String(validating: body.prefix(while: { $0 != 0 }).prefix(4000), as: UTF8.self)
        } else {
            text = nil
        }
        guard let line = text?.line(limit: 200), !line.isEmpty else { return nil }
        return line
    }

    private static func startsLikeJSON(_ body: [UInt8]) -> Bool {
        guard let first = body.first(where: { $0 > 0x20 }) else { return false }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private struct Carrier: ReadableFromJSON {
        var message: String?

        init(_ value: JSONValue) throws(UnexpectedShape) {
            message = if let text = value.string { text } else { try Fields(value).text("message") }
        }
    }
}
