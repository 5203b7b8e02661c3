/// A second reader of JSON, for comparison. It says "unclear" wherever Foundation's is known to be lazy or lenient.
struct JSONReader {
    enum Document {
        case value(JSON)
        /// Cut short, or not JSON whatever reader looks at it.
        case broken
        case unclear
    }

    private enum Failure: Error {
        case broken
        case unclear
    }

    /// Foundation's limit is 512.
    private static let deepest = 200

    private let bytes: [UInt8]
    private var index = 0

    static func read(_ bytes: [UInt8]) -> Document {
        // Zero bytes and byte order marks make other encodings of it.
        guard !bytes.contains(0), let first = bytes.first, first < 0x80 else { return .unclear }
        var reader = JSONReader(bytes: bytes)
        do throws(Failure) {
            let value = try reader.value(depth: 0)
            reader.skipSpace()
            return reader.index == bytes.count ? .value(value) : .broken
        } catch {
            switch error {
            case .broken: return .broken
            case .unclear: return .unclear
            }
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSON {
        guard depth < Self.deepest else { throw .unclear }
        skipSpace()
        guard index < bytes.count else { throw .broken }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(number())
        default: throw .broken
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
        for byte in word.utf8 {
            guard take(byte) else { throw .broken }
        }
        return value
    }

    /// Not judged: Foundation doesn't, before somebody asks for the number.
    private mutating func number() -> String {
        let start = index
        while index < bytes.count, "+-.eE0123456789".utf8.contains(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func list(depth: Int) throws(Failure) -> JSON {
        index += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .list(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .list(elements) }
            guard take(UInt8(ascii: ",")) else { throw .broken }
            if endsAfterComma(UInt8(ascii: "]")) { throw .unclear }
        }
    }

    /// Foundation passes over a comma before the end.
    private mutating func endsAfterComma(_ end: UInt8) -> Bool {
        skipSpace()
        return index < bytes.count && bytes[index] == end
    }

    private mutating func object(depth: Int) throws(Failure) -> JSON {
        index += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw .broken }
            let key = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw .broken }
            // Which of two members of one name counts is anybody's guess.
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else { throw .unclear }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw .broken }
            if endsAfterComma(UInt8(ascii: "}")) { throw .unclear }
        }
    }

    private mutating func text() throws(Failure) -> String {
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else { throw .unclear }
                return valid
            case UInt8(ascii: "\\"):
                guard index < bytes.count else { throw .broken }
                let letter = bytes[index]
                index += 1
                switch letter {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
                case UInt8(ascii: "b"): text.append(8)
                case UInt8(ascii: "f"): text.append(12)
                case UInt8(ascii: "n"): text.append(10)
                case UInt8(ascii: "r"): text.append(13)
                case UInt8(ascii: "t"): text.append(9)
                case UInt8(ascii: "u"): text += Array(String(try escaped()).utf8)
                default: throw .unclear
                }
            case 0..<0x20: throw .unclear
            default: text.append(byte)
            }
        }
        throw .broken
    }

    /// Pairs of surrogates are left alone.
    private mutating func escaped() throws(Failure) -> Character {
        guard index + 4 <= bytes.count else { throw .unclear }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw .unclear }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        guard let scalar = UnicodeScalar(value) else { throw .unclear }
        return Character(scalar)
    }
}
