/// Finds the line and column of every key and array element of a TOML document.
///
/// The parser reports positions for syntax errors only. This walks the same text (TOML 1.0.0: tables, arrays of
/// tables, dotted and quoted keys, inline tables, comments, the four kinds of string) and keeps where things are,
/// without judging them: on text that isn't TOML it stops early, and never traps. It runs before the parser, which
/// has no limit on dotted keys, and so also refuses what is nested too deeply and what the parser's C strings would
/// cut short.
struct KeyLocator {
    /// Something that must not reach the parser.
    enum Refusal: Equatable {
        case tooDeep(SourcePosition)
        case nulCharacter(SourcePosition)
        /// A header that doesn't begin with a key: toml++ 3.4.0 asserts there, instead of failing.
        case header(SourcePosition)
        /// A value without quotes or brackets that is no number, date or the like: as above, for some of them.
        case value(SourcePosition)
    }

    static let deepest = 64

    private(set) var positions: [ConfigurationPath: SourcePosition] = [:]
    private(set) var refusal: Refusal?

    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var column = 1
    /// How many elements each `[[array of tables]]` has so far.
    private var elements: [ConfigurationPath: Int] = [:]
    private var current = ConfigurationPath.root

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        scanDocument()
    }

    /// Where the path is written; for what isn't written at all, where the table is that it belongs to.
    func position(of path: ConfigurationPath) -> SourcePosition {
        var candidate: ConfigurationPath? = path
        while let place = candidate {
            if let position = positions[place] { return position }
            candidate = place.parent
        }
        return .start
    }
}

// MARK: - Statements

extension KeyLocator {
    private mutating func scanDocument() {
        while refusal == nil {
            skipBlank()
            guard let byte = peek() else { return }
            let before = offset
            if byte == UInt8(ascii: "[") {
                scanHeader()
            } else {
                scanKeyValue(in: current)
            }
            skipLine()
            if offset == before { return }
        }
    }

    private mutating func scanHeader() {
        advance()
        let isArray = peek() == UInt8(ascii: "[")
        if isArray { advance() }
        skipSpaces()
        guard let first = peek() else { return }
        guard Self.beginsKey(first) else {
            if refusal == nil { refusal = .header(SourcePosition(line: line, column: column)) }
            return
        }
        let parts = scanKey()
        guard !parts.isEmpty else { return }
        var path = ConfigurationPath.root
        for (number, part) in parts.enumerated() {
            path = path.key(part.name)
            note(path, at: part.position)
            let isLast = number == parts.count - 1
            if isLast, isArray {
                let index = elements[path, default: 0]
                elements[path] = index + 1
                path = path.index(index)
                note(path, at: part.position)
            } else if let count = elements[path], count > 0 {
                path = path.index(count - 1)
            }
            if isLast, !isArray { positions[path] = part.position }
        }
        current = path
    }

    private mutating func scanKeyValue(in table: ConfigurationPath) {
        let parts = scanKey()
        var path = table
        for part in parts {
            path = path.key(part.name)
            note(path, at: part.position)
        }
        skipSpaces()
        guard !parts.isEmpty, refusal == nil, peek() == UInt8(ascii: "=") else { return }
        advance()
        skipSpaces()
        scanValue(at: path)
    }

    private mutating func note(_ path: ConfigurationPath, at position: SourcePosition) {
        if path.components.count > Self.deepest, refusal == nil { refusal = .tooDeep(position) }
        if positions[path] == nil { positions[path] = position }
    }
}

// MARK: - Keys

extension KeyLocator {
    private static func beginsKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""),
            UInt8(ascii: "'"):
            true
        default: false
        }
    }

    private mutating func scanKey() -> [(name: String, position: SourcePosition)] {
        var parts: [(name: String, position: SourcePosition)] = []
        while true {
            skipSpaces()
            let position = SourcePosition(line: line, column: column)
            guard let byte = peek() else { return parts }
            let name: String?
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): name = scanString()
            default: name = scanBareKey()
            }
            guard let name else { return parts }
            parts.append((name, position))
            if parts.count > Self.deepest {
                if refusal == nil { refusal = .tooDeep(position) }
                return parts
            }
            skipSpaces()
            guard peek() == UInt8(ascii: ".") else { return parts }
            advance()
        }
    }

    private mutating func scanBareKey() -> String? {
        let start = offset
        loop: while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."),
                UInt8(ascii: "="), UInt8(ascii: "]"), UInt8(ascii: "["), UInt8(ascii: "#"), UInt8(ascii: "\""),
                UInt8(ascii: "'"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","):
                break loop
            default: advance()
            }
        }
        return start == offset ? nil : String(decoding: bytes[start..<offset], as: UTF8.self)
    }
}

// MARK: - Values

extension KeyLocator {
    private mutating func scanValue(at path: ConfigurationPath) {
        guard let byte = peek(), refusal == nil else { return }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = scanString()
        case UInt8(ascii: "["): scanArray(at: path)
        case UInt8(ascii: "{"): scanInlineTable(at: path)
        default:
            let position = SourcePosition(line: line, column: column)
            let start = offset
            while let byte = peek(), !Self.endsScalar(byte) { advance() }
            if !Scalar.isWellFormed(bytes[start..<offset]) { refusal = .value(position) }
        }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "\n"): true
        default: false
        }
    }

    private mutating func scanArray(at path: ConfigurationPath) {
        advance()
        var index = 0
        while refusal == nil {
            skipBlank()
            guard let byte = peek() else { return }
            if byte == UInt8(ascii: "]") {
                advance()
                return
            }
            let before = offset
            let position = SourcePosition(line: line, column: column)
            note(path.index(index), at: position)
            scanValue(at: path.index(index))
            index += 1
            skipBlank()
            if peek() == UInt8(ascii: ",") { advance() }
            if offset == before { return }
        }
    }

    private mutating func scanInlineTable(at path: ConfigurationPath) {
        advance()
        while refusal == nil {
            skipBlank()
            guard let byte = peek() else { return }
            if byte == UInt8(ascii: "}") {
                advance()
                return
            }
            let before = offset
            scanKeyValue(in: path)
            skipBlank()
            if peek() == UInt8(ascii: ",") { advance() }
            if offset == before { return }
        }
    }
}

// MARK: - Strings

extension KeyLocator {
    /// The text of the string at the cursor, which is left behind its closing quotes.
    private mutating func scanString() -> String {
        let quote = bytes[offset]
        let isBasic = quote == UInt8(ascii: "\"")
        let isMultiline = peek(1) == quote && peek(2) == quote
        for _ in 0..<(isMultiline ? 3 : 1) { advance() }
        var text: [UInt8] = []
        while let byte = peek() {
            if byte == quote {
                if !isMultiline {
                    advance()
                    break
                }
                if peek(1) == quote, peek(2) == quote {
                    for _ in 0..<3 { advance() }
                    // Up to two more quotes belong to the text (TOML 1.0.0, "String").
                    for _ in 0..<2 where peek() == quote { advance() }
                    break
                }
            }
            if byte == UInt8(ascii: "\n"), !isMultiline { break }
            if byte == UInt8(ascii: "\\"), isBasic {
                scanEscape(into: &text)
            } else {
                text.append(byte)
                advance()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func scanEscape(into text: inout [UInt8]) {
        let position = SourcePosition(line: line, column: column)
        advance()
        guard let letter = peek() else { return }
        advance()
        switch letter {
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            var value: UInt32 = 0
            for _ in 0..<(letter == UInt8(ascii: "u") ? 4 : 8) {
                guard let byte = peek(), let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return }
                value = value &* 16 &+ UInt32(digit)
                advance()
            }
            if value == 0, refusal == nil { refusal = .nulCharacter(position) }
            if let scalar = UnicodeScalar(value) { text.append(contentsOf: Array(String(Character(scalar)).utf8)) }
        default: text.append(letter)
        }
    }
}

// MARK: - The cursor

extension KeyLocator {
    private func peek(_ ahead: Int = 0) -> UInt8? {
        offset + ahead < bytes.count ? bytes[offset + ahead] : nil
    }

    private mutating func advance() {
        guard offset < bytes.count else { return }
        let byte = bytes[offset]
        offset += 1
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if offset >= bytes.count || bytes[offset] & 0xC0 != 0x80 {
            column += 1
        }
    }

    private mutating func skipSpaces() {
        while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { advance() }
    }

    /// To the end of the line, comment included.
    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
    }

    /// Spaces, line ends and comments.
    private mutating func skipBlank() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): advance()
            case UInt8(ascii: "#"): skipLine()
            default: return
            }
        }
    }
}
