/// A length of time in whole milliseconds; in the configuration, a number and `s`, `m`, `h` or `d`.
public struct Span: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static let zero = Span(milliseconds: 0)
    public static func milliseconds(_ count: Int64) -> Span { Span(milliseconds: count) }
    public static func seconds(_ count: Int64) -> Span { Span(milliseconds: count * 1000) }
    public static func minutes(_ count: Int64) -> Span { .seconds(count * 60) }
    public static func hours(_ count: Int64) -> Span { .minutes(count * 60) }
    public static func days(_ count: Int64) -> Span { .hours(count * 24) }

    /// Reads `15m`, `1h`, `5s`, `3d`. Nil when it is anything else, or too large to count.
    public init?(_ text: some StringProtocol) {
        guard let unit = text.last, let first = text.first, first != "+", first != "-",
            let count = Int64(text.dropLast())
        else { return nil }
        let size: Int64
        switch unit {
        case "s": size = 1000
        case "m": size = 60_000
        case "h": size = 3_600_000
        case "d": size = 86_400_000
        default: return nil
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, product <= 100 * 366 * 86_400_000 else { return nil }
        milliseconds = product
    }

    public var wholeDays: Int { Int(milliseconds / 86_400_000) }

    /// The shortest exact form in the configuration's units; milliseconds where there is none.
    public var description: String {
        guard milliseconds != 0 else { return "0s" }
        for (size, unit) in Self.units where milliseconds % size == 0 { return "\(milliseconds / size)\(unit)" }
        return "\(milliseconds)ms"
    }

    /// Not in the loop itself: of that the compiler made other instructions from one build to the next.
    private static let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")]

    public static func < (left: Span, right: Span) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Span, right: Span) -> Span {
        Span(milliseconds: left.milliseconds + right.milliseconds)
    }

    public static func - (left: Span, right: Span) -> Span {
        Span(milliseconds: left.milliseconds - right.milliseconds)
    }

    public static func * (span: Span, factor: Int64) -> Span {
        Span(milliseconds: span.milliseconds * factor)
    }
}
