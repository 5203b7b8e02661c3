/// A moment in UTC, in whole milliseconds since 1970: what Clever's `created`, `last_modified` and
/// `last_attendance_sync` carry.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public init(seconds: Int64) {
        milliseconds = seconds * 1000
    }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 { Int64((Double(milliseconds) / 1000).rounded(.down)) }

    /// Reads an RFC 3339 date-time: `2025-04-08T23:45:50.000Z`, with or without a fraction, `Z` or an offset.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let time = text.withUTF8({ Timestamp($0) }) else { return nil }
        self = time
    }

    /// The same of bytes: this runs once for each attendance record.
    public init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 20, let day = Day(UnsafeBufferPointer(rebasing: bytes[0..<10])),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " ")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                guard index < bytes.count, (48...57).contains(bytes[index]) else { return nil }
                value = value * 10 + Int(bytes[index] - 48)
            }
            return value
        }
        guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var fraction = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            var digits = 0
            while index < bytes.count, (48...57).contains(bytes[index]) {
                if digits < 3 { fraction = fraction * 10 + Int(bytes[index] - 48) }
                digits += 1
                index += 1
            }
            guard digits > 0 else { return nil }
            while digits < 3 {
                fraction *= 10
                digits += 1
            }
        }
        guard index < bytes.count else { return nil }
        var offset = 0
        switch bytes[index] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard index + 1 == bytes.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard index + 6 == bytes.count, bytes[index + 3] == UInt8(ascii: ":"),
                let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
        default:
            return nil
        }
        let seconds = Int64(day.number) * 86_400 + Int64(hour * 3600 + (minute - offset) * 60 + second)
        milliseconds = seconds * 1000 + Int64(fraction)
    }

    /// The UTC calendar date.
    public var day: Day {
        Day(number: Int32((Double(milliseconds) / 86_400_000).rounded(.down)))
    }

    /// RFC 3339 in UTC with milliseconds, as Clever writes it.
    public var description: String {
        let start = Int64(day.number) * 86_400_000
        let inDay = Int(milliseconds - start)
        let (hour, minute, second) = (inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1000 % 60)
        return "\(day)T\(Decimal.padded(hour, to: 2)):\(Decimal.padded(minute, to: 2)):"
            + "\(Decimal.padded(second, to: 2)).\(Decimal.padded(inDay % 1000, to: 3))Z"
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    public static func + (time: Timestamp, span: Span) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + span.milliseconds)
    }

    public static func - (time: Timestamp, span: Span) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds - span.milliseconds)
    }

    public static func - (later: Timestamp, earlier: Timestamp) -> Span {
        Span(milliseconds: later.milliseconds - earlier.milliseconds)
    }
}
