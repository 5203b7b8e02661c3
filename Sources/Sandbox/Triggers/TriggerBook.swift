/// A subscription to `attendance`, the events under way, and what became of those that were sent.
struct TriggerBook: Sendable {
    /// "Anything but 200 is sent again, five times, then lost."
    static let retries = 5

    /// Nil: nobody has subscribed.
    var url: TriggerURL?
    /// Writes through the API fire too. The documentation doesn't say whether they do.
    var firesForWrites = false
    /// Ten minutes, as documented.
    var retryMilliseconds: Int64 = 600_000
    /// Called when there is something to send.
    var wake: @Sendable () -> Void = {}
    var log = WatchedLog<TriggerRecord>()
    private(set) var pending: [TriggerEvent] = []
    private var eventCount = 0

    mutating func add(_ body: [UInt8], now: Instant) {
        guard let url else { return }
        eventCount += 1
        pending.append(TriggerEvent(number: eventCount, url: url, body: body, due: now))
        wake()
    }

    /// Takes the oldest event that is due out, to be sent; whoever takes it gives it back with `finish`.
    mutating func takeDue(at now: Instant) -> TriggerEvent? {
        pending.firstIndex { $0.due <= now }.map { pending.remove(at: $0) }
    }

    var nextDue: Instant? { pending.map(\.due).min() }

    /// Records an answer; any but 200 has the event sent again, while there are tries left.
    mutating func finish(_ event: TriggerEvent, status: Int?, now: Instant) {
        var event = event
        event.attempts += 1
        let isRetried = status != 200 && event.attempts <= Self.retries
        if isRetried {
            event.due = now.adding(milliseconds: retryMilliseconds)
            pending.append(event)
        }
        log.append(
            TriggerRecord(
                number: log.entries.count + 1, event: event.number, attempt: event.attempts, time: now,
                url: event.url.description, body: String(decoding: event.body, as: UTF8.self), status: status,
                retry: isRetried ? event.due : nil))
    }

}
