import AttendanceCore

/// Watches one district's cycles for what no single one of them would say: that none has succeeded for long, and that
/// one neither ends nor gets anywhere.
public struct Vigil: Sendable {
    public enum Finding: Sendable, Equatable {
        /// No cycle has succeeded for so long.
        case overdue(Span)
        case stalled(Span)
    }

    /// Cycles that may fail before anything is said, and the least time for it.
    static let intervals: Int64 = 3
    public static let patience = Span.minutes(15)
    /// Until it is said again.
    static let pause = Span.hours(1)

    private let limit: Span
    private var lastGood: Timestamp
    private var saidOverdue: Timestamp?
    private var movedAt: Timestamp
    private var saidStalled = false

    /// - Parameter now: uptime, as every time here.
    public init(pollInterval: Span, now: Timestamp) {
        limit = Self.limit(pollInterval)
        lastGood = now
        movedAt = now
    }

    /// How long a district may go without a cycle that succeeds.
    public static func limit(_ pollInterval: Span) -> Span { max(pollInterval * intervals, patience) }

    public mutating func succeeded(now: Timestamp) {
        lastGood = now
        saidOverdue = nil
    }

    /// - Parameter hasMoved: whether the district waits for its next cycle, or its cycle got somewhere lately.
    public mutating func look(hasMoved: Bool, now: Timestamp) -> [Finding] {
        var findings: [Finding] = []
        if hasMoved {
            movedAt = now
            saidStalled = false
        } else if !saidStalled, now - movedAt >= Self.patience {
            saidStalled = true
            findings.append(.stalled(now - movedAt))
        }
        if now - lastGood > limit, saidOverdue.map({ now - $0 >= Self.pause }) ?? true {
            saidOverdue = now
            findings.append(.overdue(now - lastGood))
        }
        return findings
    }
}
