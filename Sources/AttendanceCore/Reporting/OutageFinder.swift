/// Finds the stretches in which no cycle went well, from the cycles one after the other.
public struct OutageFinder: Sendable {
    private let silence: Span
    private var lastGood: Timestamp?
    private var failure: String?
    private var outages: [DistrictFacts.Health.Outage] = []
    private var since: Timestamp?

    /// - Parameter silence: longer than this without a good cycle is an outage.
    public init(silence: Span) {
        self.silence = silence
    }

    /// One cycle, in the order in which they ran.
    public mutating func add(started: Timestamp, finished: Timestamp, isGood: Bool, reason: String?) {
        guard isGood else {
            failure = reason ?? "a cycle failed"
            if lastGood == nil { lastGood = started }
            return
        }
        if let lastGood, finished - lastGood > silence, started - lastGood > silence || failure != nil {
            outages.append(.init(from: lastGood, to: finished, reason: failure ?? Self.nothingRan))
            since = finished
        }
        since = since ?? started
        lastGood = finished
        failure = nil
    }

    /// - Returns: since when it works, nil when it doesn't; and every outage, the newest first.
    public func result(now: Timestamp) -> (since: Timestamp?, outages: [DistrictFacts.Health.Outage]) {
        var all = outages
        guard let lastGood, now - lastGood > silence else { return (since, all.reversed()) }
        all.append(.init(from: lastGood, to: nil, reason: failure ?? Self.nothingRan))
        return (nil, all.reversed())
    }

    private static let nothingRan = "no cycle ran: the service was stopped, or could not start"
}
