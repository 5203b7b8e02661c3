/// Cuts comma-separated values into rows (RFC 4180): fields may be quoted, rows end with CRLF or LF, the last one
/// may end without. Works on bytes, so that one broken row doesn't spoil the others.
struct CSVReader {
    /// Why a row can't be read.
    enum Fault: String, Error {
        case openQuote = "a quoted field is never closed"
        case textAfterQuote = "text follows a closing quote"
        case quoteInside = "a quote inside an unquoted field"
        case notUTF8 = "not UTF-8"
    }

    struct Row {
        /// The line it begins on; the file's first is 1.
        let line: Int
        let fields: Result<[String], Fault>
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is no part of the first field (Unicode 23.8).
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next row that isn't blank.
    mutating func next() -> Row? {
        while position < bytes.count {
            let first = line
            do throws(Fault) {
                let fields = try row()
                if fields != [""] { return Row(line: first, fields: .success(fields)) }
            } catch {
                skipLine()
                return Row(line: first, fields: .failure(error))
            }
        }
        return nil
    }

    private mutating func row() throws(Fault) -> [String] {
        var fields: [String] = []
        var broken: Fault?
        while true {
            // A field that isn't UTF-8 doesn't hide where the row ends.
            do throws(Fault) {
                fields.append(try field())
            } catch .notUTF8 {
                broken = .notUTF8
            }
            if position < bytes.count, bytes[position] == Self.comma {
                position += 1
            } else {
                if let broken { throw broken }
                skipLine()
                return fields
            }
        }
    }

    /// One field; leaves the position at what ended it.
    private mutating func field() throws(Fault) -> String {
        guard position < bytes.count, bytes[position] == Self.quote else { return try plainField() }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                text.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == Self.quote {
                text.append(Self.quote)
                position += 1
            } else {
                guard isAtEndOfField else { throw .textAfterQuote }
                return try Self.decode(text)
            }
        }
        throw .openQuote
    }

    private mutating func plainField() throws(Fault) -> String {
        let start = position
        while !isAtEndOfField {
            if bytes[position] == Self.quote { throw .quoteInside }
            position += 1
        }
        return try Self.decode(bytes[start..<position])
    }

    private var isAtEndOfField: Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        if byte == Self.comma || byte == Self.lineFeed { return true }
        guard byte == Self.carriageReturn else { return false }
        return position + 1 == bytes.count || bytes[position + 1] == Self.lineFeed
    }

    /// To the first byte of the next line.
    private mutating func skipLine() {
        while position < bytes.count {
            position += 1
            if bytes[position - 1] == Self.lineFeed {
                line += 1
                return
            }
        }
    }

    private static func decode(_ bytes: some Sequence<UInt8>) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}
