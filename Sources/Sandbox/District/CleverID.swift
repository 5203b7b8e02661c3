/// Clever's ids: 24 hexadecimal digits (Mongo object ids). Here they are made from what they name, so that
/// a district of any size needs no table to find it again.
struct CleverID: Sendable, Hashable {
    enum Kind: UInt8, Sendable, CaseIterable {
        case district = 0x10
        case school = 0x21
        case term = 0x32
        case student = 0x53
        case teacher = 0x64
        case section = 0x8A
        case course = 0x9B
    }

    /// A record that belongs to no section has this in its cursor.
    static let noneText = "000000000000000000000000"

    let kind: Kind
    let index: Int

    private static let digits = Array("0123456789abcdef".utf8)

    /// The 24 digits. `salt` is the district's: ids of two seeds differ.
    func append(to bytes: inout [UInt8], salt: UInt32) {
        Self.appendHex(0x67F4_2000 | UInt64(kind.rawValue), count: 8, to: &bytes)
        Self.appendHex(UInt64(salt), count: 8, to: &bytes)
        Self.appendHex(UInt64(index) + 0x0E_8000, count: 8, to: &bytes)
    }

    func text(salt: UInt32) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(to: &bytes, salt: salt)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Nil if `text` is no id that this district could have given out.
    init?(_ text: String, salt: UInt32) {
        let utf8 = text.utf8
        guard utf8.count == 24, let value = Self.value(utf8.prefix(8)),
            let kind = Kind(rawValue: UInt8(value & 0xFF)), value == 0x67F4_2000 | UInt64(kind.rawValue),
            let own = Self.value(utf8.dropFirst(8).prefix(8)), own == UInt64(salt),
            let counter = Self.value(utf8.dropFirst(16)), counter >= 0x0E_8000
        else { return nil }
        self.kind = kind
        index = Int(counter) - 0x0E_8000
    }

    init(_ kind: Kind, _ index: Int) {
        self.kind = kind
        self.index = index
    }

    private static func appendHex(_ value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for position in stride(from: (count - 1) * 4, through: 0, by: -4) {
            bytes.append(digits[Int(value >> UInt64(position) & 15)])
        }
    }

    private static func value(_ digits: some Sequence<UInt8>) -> UInt64? {
        var result: UInt64 = 0
        for byte in digits {
            guard let nibble = PercentEncoding.nibble(byte) else { return nil }
            result = result << 4 | UInt64(nibble)
        }
        return result
    }
}
