/// Takes a chunked body apart as it arrives (RFC 9112 section 7.1). Extensions and trailers are read over.
struct ChunkedBody {
    private enum State {
        case size(Int, digits: Int)
        case ext
        case sizeEnd
        case data(Int)
        case dataReturn
        case dataEnd
        case trailerStart
        case trailer
        case trailerEnd
        case end
        case done
    }

    /// All that is not data, in bytes. Honest chunks are kilobytes long and need a hundredth of it.
    static let mostOverhead = 64 << 10

    let limit: Int
    private(set) var bytes: [UInt8] = []
    private var state = State.size(0, digits: 0)
    private var size = 0
    private var overhead = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// True when the body is whole; what follows is nobody's.
    mutating func append(_ input: [UInt8]) throws(Refusal) -> Bool {
        var index = 0
        while index < input.count {
            switch state {
            case .data(let missing):
                let count = min(missing, input.count - index)
                bytes.append(contentsOf: input[index..<index + count])
                index += count
                state = count == missing ? .dataReturn : .data(missing - count)
            case .done:
                return true
            case .size, .ext, .sizeEnd, .dataReturn, .dataEnd, .trailerStart, .trailer, .trailerEnd, .end:
                overhead += 1
                guard overhead <= Self.mostOverhead else { throw .bodyTooLarge }
                state = try next(input[index])
                index += 1
            }
        }
        if case .done = state { return true }
        return false
    }

    private mutating func next(_ byte: UInt8) throws(Refusal) -> State {
        let (carriageReturn, lineFeed) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        switch state {
        case .size(let value, let digits):
            if let digit = Self.hexValue(byte) {
                guard digits < 8 else { throw .bodyTooLarge }
                return .size(value << 4 | digit, digits: digits + 1)
            }
            guard digits > 0 else { throw .malformed }
            guard bytes.count + value <= limit else { throw .bodyTooLarge }
            size = value
            switch byte {
            case carriageReturn: return .sizeEnd
            case UInt8(ascii: ";"), UInt8(ascii: " "), UInt8(ascii: "\t"): return .ext
            default: throw .malformed
            }
        case .ext:
            return byte == carriageReturn ? .sizeEnd : try Self.text(byte, .ext)
        case .sizeEnd:
            guard byte == lineFeed else { throw .malformed }
            return size == 0 ? .trailerStart : .data(size)
        case .dataReturn:
            guard byte == carriageReturn else { throw .malformed }
            return .dataEnd
        case .dataEnd:
            guard byte == lineFeed else { throw .malformed }
            return .size(0, digits: 0)
        case .trailerStart:
            return byte == carriageReturn ? .end : try Self.text(byte, .trailer)
        case .trailer:
            return byte == carriageReturn ? .trailerEnd : try Self.text(byte, .trailer)
        case .trailerEnd:
            guard byte == lineFeed else { throw .malformed }
            return .trailerStart
        case .end:
            guard byte == lineFeed else { throw .malformed }
            return .done
        case .data, .done:
            return state
        }
    }

    private static func text(_ byte: UInt8, _ state: State) throws(Refusal) -> State {
        guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else { throw .malformed }
        return state
    }

    private static func hexValue(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
