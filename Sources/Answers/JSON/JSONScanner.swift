/// Finds the values of a JSON text, and nothing else about them.
struct JSONScanner {
    private let text: UnsafePointer<UInt8>
    private let count: Int
    private var position = 0

    init(_ text: UnsafePointer<UInt8>, count: Int) {
        self.text = text
        self.count = count
    }

    /// - Returns: whether it is JSON.
    mutating func scan(into index: inout JSONIndex) -> Bool {
        if count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
        // The lists and objects that are open, the innermost last.
        var open: [Int] = []
        while true {
            // A value, or the end of the innermost list.
            guard let byte = next() else { return false }
            switch byte {
            case UInt8(ascii: "{"):
                guard open.count < JSONIndex.deepest else { return false }
                open.append(index.count)
                index.append(.object, start: position - 1)
                guard let ends = key(into: &index) else { return false }
                if !ends { continue }
                index.close(open.removeLast())
            case UInt8(ascii: "["):
                guard open.count < JSONIndex.deepest else { return false }
                open.append(index.count)
                index.append(.list, start: position - 1)
                continue
            case UInt8(ascii: "]"):
                guard let list = open.last, !index.isObject(list) else { return false }
                index.close(open.removeLast())
            case UInt8(ascii: "\""):
                guard string(into: &index) else { return false }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                number(into: &index)
            case UInt8(ascii: "t"):
                guard literal("true", .yes, into: &index) else { return false }
            case UInt8(ascii: "f"):
                guard literal("false", .no, into: &index) else { return false }
            case UInt8(ascii: "n"):
                guard literal("null", .null, into: &index) else { return false }
            default:
                return false
            }
            // What follows a value.
            following: while true {
                guard let container = open.last else { return next() == nil }
                guard let byte = next() else { return false }
                if index.isObject(container) {
                    switch byte {
                    case UInt8(ascii: ","):
                        guard let ends = key(into: &index) else { return false }
                        if !ends { break following }
                    case UInt8(ascii: "}"): break
                    default: return false
                    }
                } else {
                    switch byte {
                    case UInt8(ascii: ","): break following
                    case UInt8(ascii: "]"): break
                    default: return false
                    }
                }
                index.close(open.removeLast())
            }
        }
    }

    /// The next byte that is not white space.
    @inline(__always)
    private mutating func next() -> UInt8? {
        while position < count {
            let byte = text[position]
            position += 1
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
        }
        return nil
    }

    /// A key and its colon.
    ///
    /// - Returns: true where the object ends instead, nil where neither is there.
    private mutating func key(into index: inout JSONIndex) -> Bool? {
        guard let byte = next() else { return nil }
        if byte == UInt8(ascii: "}") { return true }
        guard byte == UInt8(ascii: "\""), string(into: &index), next() == UInt8(ascii: ":") else { return nil }
        return false
    }

    /// The rest of a text, behind its first quote.
    private mutating func string(into index: inout JSONIndex) -> Bool {
        let start = position
        var isPlain = true
        while true {
            // Eight bytes at a time, as long as all of them are plain.
            while position + 8 <= count {
                let word = UnsafeRawPointer(text + position).loadUnaligned(as: UInt64.self)
                let special = Self.specialBytes(UInt64(littleEndian: word))
                position += special.trailingZeroBitCount >> 3
                if special != 0 { break }
            }
            guard position < count else { return false }
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                index.append(isPlain ? .plainText : .text, start: start, length: position - 1 - start)
                return true
            case UInt8(ascii: "\\"):
                isPlain = false
                position += 1
            case 0x20...0x7F: break
            default: isPlain = false
            }
        }
    }

    /// The high bit of each byte that is a quote, a backslash, a control character or beyond ASCII; of bytes above such a
    /// one perhaps too, which nobody looks at.
    @inline(__always)
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highBits: UInt64 = 0x8080_8080_8080_8080
        func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
        let quotes = zeroBytes(word ^ (ones &* UInt64(UInt8(ascii: "\""))))
        let backslashes = zeroBytes(word ^ (ones &* UInt64(UInt8(ascii: "\\"))))
        let controls = (word &- ones &* 0x20) & ~word & highBits
        return quotes | backslashes | controls | (word & highBits)
    }

    /// Whatever is made of a number's characters.
    private mutating func number(into index: inout JSONIndex) {
        let start = position - 1
        scan: while position < count {
            switch text[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: break scan
            }
        }
        index.append(.number, start: start, length: position - start)
    }

    private mutating func literal(_ name: StaticString, _ kind: JSONNode.Kind, into index: inout JSONIndex) -> Bool {
        let start = position - 1
        guard start + name.utf8CodeUnitCount <= count else { return false }
        for offset in 0..<name.utf8CodeUnitCount where text[start + offset] != name.utf8Start[offset] { return false }
        position = start + name.utf8CodeUnitCount
        index.append(kind, start: start)
        return true
    }
}
