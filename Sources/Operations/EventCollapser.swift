import AttendanceCore

/// Holds back events that say again what was said already, and counts them. Pure.
///
/// That is an event equal to the last one, and an error or a warning that was heard within the last minute, whatever
/// came between: a fault that lasts is met again in each cycle. Equal means: in everything but the cycle. The count
/// comes out with the event when a minute has passed since the first that was held back, when asked to, and, for what
/// is less than a warning, when something else happens.
struct EventCollapser {
    struct Line: Equatable {
        var event: Event
        var time: Timestamp
        /// 0: the event itself; otherwise how often it came again.
        var repeated = 0
    }

    private struct Held {
        var line: Line
        var since: Timestamp
    }

    static let patience = Span.seconds(60)

    /// The last event written, without its cycle; so are the keys below.
    private var last: Event?
    private var held: [Event: Held] = [:]
    /// When errors and warnings were last heard.
    private var heard: [Event: Timestamp] = [:]

    /// The lines to write now.
    mutating func add(_ event: Event, at time: Timestamp) -> [Line] {
        var anonymous = event
        anonymous.cycle = nil
        let isGrave = event.level >= .warning
        var isRepeat = anonymous == last
        if isGrave {
            heard = heard.filter { time - $0.value < Self.patience }
            isRepeat = isRepeat || heard.updateValue(time, forKey: anonymous) != nil
        }
        guard isRepeat else {
            let before = last.flatMap { $0.level >= .warning ? nil : held.removeValue(forKey: $0)?.line }
            last = anonymous
            return (before.map { [$0] } ?? []) + due(at: time) + [Line(event: event, time: time)]
        }
        let since = held[anonymous]?.since ?? time
        let count = held[anonymous]?.line.repeated ?? 0
        held[anonymous] = Held(line: Line(event: event, time: time, repeated: count + 1), since: since)
        return due(at: time)
    }

    /// What has been held back for a minute.
    mutating func due(at time: Timestamp) -> [Line] {
        take { time - $0.since >= Self.patience }
    }

    mutating func flush() -> [Line] { take { _ in true } }

    private mutating func take(_ isWanted: (Held) -> Bool) -> [Line] {
        guard !held.isEmpty else { return [] }
        let taken = held.filter { isWanted($0.value) }
        for event in taken.keys { held[event] = nil }
        return taken.values.map(\.line).sorted { $0.time < $1.time }
    }
}
