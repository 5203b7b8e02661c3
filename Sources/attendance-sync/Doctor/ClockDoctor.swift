import AttendanceCore

/// This machine's clock against those of both sides, by the `Date` of their answers.
enum ClockDoctor {
    private static let wide = Span.seconds(30)
    /// From here on OAuth timestamps are refused.
    private static let tooWide = Span.minutes(5)

    /// - Parameter skews: how far each side is ahead of this machine.
    static func check(_ skews: [(side: String, ahead: Span)]) -> Check {
        let name = "clock"
        guard !skews.isEmpty else { return .skipped(name, "no answer to compare it with") }
        let found = skews.map { words($0.side, $0.ahead) }.joined(separator: ", ")
        let off = skews.filter { abs($0.ahead) > wide }
        guard !off.isEmpty else { return .ok(name, found) }
        let repair =
            off.count < skews.count
            ? "the sides disagree, so \(off[0].side)'s clock may be the wrong one; make sure of this machine's with `timedatectl`"
            : "set this machine's clock: `timedatectl set-ntp true`, then `timedatectl timesync-status`"
        return off.contains { abs($0.ahead) > tooWide }
            ? .failed(name, "\(found): beyond 5 min Schoology refuses signatures", repair: repair)
            : .warning(name, found, repair: repair)
    }

    private static func words(_ side: String, _ ahead: Span) -> String {
        // The header has whole seconds, and the answer took its time.
        guard abs(ahead) >= .seconds(2) else { return "as \(side)'s" }
        return "\(Words.length(abs(ahead))) \(ahead > .zero ? "behind" : "ahead of") \(side)'s"
    }

    private static func abs(_ span: Span) -> Span { span < .zero ? .zero - span : span }
}
