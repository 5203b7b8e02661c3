import AttendanceCore

/// Numbers, days and times as a person reads them.
enum Format {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    /// `12,345`.
    static func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return (value < 0 ? "-" : "") + result
    }

    static func count(_ value: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number(value)) \(value == 1 ? noun : plural ?? noun + "s")"
    }

    /// Sunday is 0.
    static func weekday(_ day: Day) -> Int { ((Int(day.number) + 4) % 7 + 7) % 7 }

    /// `3 Nov`.
    static func short(_ day: Day) -> String {
        let civil = day.civil
        return "\(civil.day) \(months[civil.month - 1])"
    }

    /// `Tue 3 Nov 2026`.
    static func long(_ day: Day) -> String { "\(weekdays[weekday(day)]) \(short(day)) \(day.civil.year)" }

    /// `Tue 3 Nov 2026, 07:05`; the time has been moved to the district's zone.
    static func time(_ local: Timestamp) -> String {
        let text = local.description
        return "\(long(local.day)), \(text.dropFirst(11).prefix(5))"
    }

    /// `45 s`, `12 min`, `3.5 h`, `4 days`.
    static func length(_ span: Span) -> String {
        let seconds = max(0, span.milliseconds) / 1000
        switch seconds {
        case 0: return "under 1 s"
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800:
            let tenths = seconds % 3600 / 360
            return tenths == 0 ? "\(seconds / 3600) h" : "\(seconds / 3600).\(tenths) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
