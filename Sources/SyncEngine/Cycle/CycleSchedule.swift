import AttendanceCore

/// When a district's next cycle begins, and of what kind: one a poll interval, from start to start, and between them
/// those that read Schoology back when sections are due or a trigger came.
public struct CycleSchedule: Sendable {
    /// Between the starts of two cycles that only read Schoology back.
    private static let pause = Span.seconds(1)

    private let pollInterval: Span
    private var nextPoll: Timestamp
    private var began: Timestamp

    /// - Parameter now: uptime, as every time here.
    public init(pollInterval: Span, now: Timestamp) {
        self.pollInterval = pollInterval
        nextPoll = now
        began = now
    }

    /// A cycle begins.
    public mutating func begin(now: Timestamp) -> DistrictEngine.Kind {
        began = now
        guard now >= nextPoll else { return .readBack }
        nextPoll = now + pollInterval
        return .scheduled
    }

    /// When the next cycle begins, as long as no trigger comes.
    ///
    /// - Parameter untilMore: how long until something is to be done before the next poll; nil: nothing is.
    public func next(untilMore: Span?, now: Timestamp) -> Timestamp {
        min(nextPoll, max(untilMore.map { now + $0 } ?? nextPoll, began + Self.pause))
    }

    /// When a trigger that has just come lets it begin.
    public func next(afterTriggerAt now: Timestamp, before due: Timestamp) -> Timestamp {
        min(due, max(began + Self.pause, now + DistrictEngine.settling))
    }
}

extension DistrictEngine {
    /// How long until something is to be done before the next poll. Where nothing goes back to Clever, reading back is
    /// done with the polls; after a failure, also one of the state (a full disk), the next poll tries again.
    public func untilMore(after report: CycleReport) -> Span? {
        guard report.failures.isEmpty, report.stateError == nil else { return nil }
        if hasBackfill() { return .zero }
        guard settings.direction.writesClever else { return nil }
        return [untilReadBack(), untilUpload()].compactMap { $0 }.min()
    }
}
