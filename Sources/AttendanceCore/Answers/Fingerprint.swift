/// 64-bit FNV-1a over fields, each ended by a byte that no UTF-8 text has, so that they can't run together.
///
/// It tells one thing from the next, the same in every process; it protects nothing.
public struct Fingerprint: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    public mutating func add(_ field: String?) {
        guard let field else { return add(byte: 0xFE) }
        for byte in field.utf8 { add(byte: byte) }
        add(byte: 0xFF)
    }

    public var hexadecimal: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func add(byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}
