/// An id of Clever's. Nearly all are MongoDB ObjectIds: those take 16 bytes and no allocation, since a scan compares
/// millions of them.
public struct CleverID: Hashable, Sendable {
    private enum Form: Hashable {
        /// 24 hexadecimal digits in lower case.
        case objectID(UInt64, UInt32)
        case other(String)
    }

    private let form: Form

    public init(_ text: String) {
        form = text.utf8.withContiguousStorageIfAvailable { Self.objectID($0) }?.map(Form.objectID) ?? .other(text)
    }

    /// An ObjectId; nil for any other text.
    public init?(objectID text: UnsafeBufferPointer<UInt8>) {
        guard let digits = Self.objectID(text) else { return nil }
        form = .objectID(digits.0, digits.1)
    }

    public var text: String {
        switch form {
        case .other(let text): text
        case .objectID(let high, let low): Self.hexadecimal(high, digits: 16) + Self.hexadecimal(UInt64(low), digits: 8)
        }
    }

    private static func objectID(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt32)? {
        guard text.count == 24, let bytes = UnsafeRawPointer(text.baseAddress),
            let first = eightDigits(bytes), let second = eightDigits(bytes + 8), let third = eightDigits(bytes + 16)
        else { return nil }
        return (UInt64(first) << 32 | UInt64(second), third)
    }

    /// What eight hexadecimal digits say, worked out for all of them at once; nil where one isn't a digit.
    private static func eightDigits(_ bytes: UnsafeRawPointer) -> UInt32? {
        let text = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
        // Letters have bit 6, and their low half counts from 1.
        var digits = (text & each(0x0F)) &+ ((text >> 6) & each(1)) &* 9
        guard digits & each(0xF0) == 0 else { return nil }
        // Written out again: "0" is 0x30, and "a" is 0x27 further on than ":".
        guard text == each(0x30) &+ digits &+ (((digits &+ each(6)) >> 4) & each(1)) &* 0x27 else { return nil }
        // The first digit is the lowest byte: pairs, then pairs of pairs.
        digits = (digits << 4 | digits >> 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: digits | digits >> 16).byteSwapped
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}

extension CleverID: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral text: String) { self.init(text) }
    public var description: String { text }
}
