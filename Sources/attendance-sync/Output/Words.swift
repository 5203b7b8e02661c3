import AttendanceCore

extension Span {
    /// As a person reads it.
    var words: String { Words.length(self) }
}

/// Numbers and times as a person reads them.
enum Words {
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        let grouped = String(
            String(number).reversed().enumerated().flatMap { $0 > 0 && $0 % 3 == 0 ? [",", $1] : [$1] }.reversed())
        return "\(grouped) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `4 min ago`, `in 2 h`.
    static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let span = now - time
        if span.milliseconds.magnitude < 1000 { return "just now" }
        return span < .zero ? "in \(length(Span.zero - span))" : "\(length(span)) ago"
    }

    static func length(_ span: Span) -> String {
        let seconds = span.milliseconds / 1000
        switch seconds {
        case ..<1: return "\(span.milliseconds) ms"
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
