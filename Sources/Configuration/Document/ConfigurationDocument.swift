import TOMLKit

/// The configuration file as TOML: its values, and where each of them is written.
struct ConfigurationDocument: Sendable {
    /// Larger files are refused: nobody writes such a configuration by hand.
    static let largestFile = 1 << 20

    let root: [String: TOMLNode]
    let locator: KeyLocator

    /// - Throws: the one error that kept the file from being read as TOML.
    init(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
        func refused(_ position: SourcePosition, _ message: String, _ hint: String) -> ConfigurationError {
            ConfigurationError(file: file, position: position, key: "", message: message, hint: hint)
        }
        if let offset = bytes.firstIndex(of: 0) {
            throw refused(
                Self.position(of: offset, in: bytes), "there is a NUL byte in the file", "save it as plain UTF-8 text")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw refused(
                Self.position(of: Self.validPrefix(of: bytes), in: bytes), "the file is not UTF-8 text",
                "save it with the encoding UTF-8")
        }
        locator = KeyLocator(bytes)
        switch locator.refusal {
        case .tooDeep(let position):
            throw refused(
                position, "nested more than \(KeyLocator.deepest) levels deep",
                "no key of this program is deeper than five")
        case .nulCharacter(let position):
            throw refused(position, "the character \\u0000 is not allowed", "take it out")
        case .header(let position):
            throw refused(
                position, "not valid TOML: the header of a table begins with its name",
                "write it like [service] or [[district]]")
        case .value(let position):
            throw refused(
                position, "not valid TOML: no value is written like this",
                "text wants double quotes, a list [ and ]; typographic quotes and hard spaces are no good")
        case nil:
            break
        }
        do {
            guard
                case .table(let members) = TOMLNode(
                    table: try TOMLTable(string: String(decoding: bytes, as: UTF8.self)))
            else { fatalError("a document is a table") }
            root = members
        } catch let error as TOMLParseError {
            throw refused(
                SourcePosition(line: max(1, error.source.begin.line), column: max(1, error.source.begin.column)),
                "not valid TOML: " + Self.withoutTheText(error.description),
                "text wants double quotes, a table a header in brackets; https://toml.io shows the rest")
        } catch {
            throw refused(.start, "not valid TOML", "https://toml.io shows how it is written")
        }
    }

    /// The parser quotes what it saw, which may be a secret that somebody pasted without quotes.
    static func withoutTheText(_ description: String) -> String {
        var text = description.replacing("Error while parsing ", with: "")
        for marker in [", saw ", "; saw ", " saw "] {
            if let range = text.firstRange(of: marker) { text = String(text[..<range.lowerBound]) }
        }
        return Printable.escaped(text)
    }

    private static func position(of offset: Int, in bytes: [UInt8]) -> SourcePosition {
        var position = SourcePosition.start
        for byte in bytes[..<offset] {
            if byte == UInt8(ascii: "\n") {
                position = SourcePosition(line: position.line + 1, column: 1)
            } else if byte & 0xC0 != 0x80 {
                position.column += 1
            }
        }
        return position
    }

    /// How many bytes from the start are UTF-8.
    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            count += UTF8.width(scalar)
        }
        return count
    }
}
