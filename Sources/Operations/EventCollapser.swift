import AttendanceCore

/// Holds back events that say again what the last one said, and counts them. Pure.
///
/// Equal means: in everything but the cycle. The count comes out with the event when a different one follows, when
/// a minute has passed since the first that was held back, or when asked to.
struct EventCollapser {
    struct Line: Equatable {
        var event: Event
        var time: Timestamp
        /// 0: the event itself; otherwise how often it came again.
        var repeated = 0
    }

    static let patience = Span.seconds(60)

    /// The last event written, without its cycle.
    private var last: Event?
    private var held: Line?
    private var heldSince = Timestamp(milliseconds: 0)

    /// The lines to write now.
    mutating func add(_ event: Event, at time: Timestamp) -> [Line] {
        var anonymous = event
        anonymous.cycle = nil
        guard anonymous == last else {
            defer { last = anonymous }
            return flush() + [Line(event: event, time: time)]
        }
        if held == nil { heldSince = time }
        held = Line(event: event, time: time, repeated: (held?.repeated ?? 0) + 1)
        return due(at: time)
    }

    /// What has been held back for a minute.
    mutating func due(at time: Timestamp) -> [Line] {
        held != nil && time - heldSince >= Self.patience ? flush() : []
    }

    mutating func flush() -> [Line] {
        defer { held = nil }
        return held.map { [$0] } ?? []
    }
}
