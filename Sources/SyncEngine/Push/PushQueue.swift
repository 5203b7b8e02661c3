import AttendanceCore

/// The sections whose writes go out in this cycle, in the order of the plan; a section that has to be tried again
/// comes back when its wait is over. Pure: times come in.
struct PushQueue {
    struct Entry: Equatable {
        var section: Int64
        /// Items for each request; halved when a request is refused as a whole, to find the item that spoils it.
        var batchSize: Int
        /// Nothing waits to be written: it is read to see what a teacher did.
        var readsBackOnly = false
        /// Times in a row that the server said 429.
        var waits = 0
        /// On the caller's uptime.
        var readyAt = Timestamp(milliseconds: .min)
    }

    enum Next: Equatable {
        case entry(Entry)
        case wait(until: Timestamp)
        case empty
    }

    private var ready: [Entry] = []
    private var delayed: [Entry] = []

    init() {}

    init(sections: [Int64], batchSize: Int, readsBackOnly: Bool = false) {
        // Taken from the end.
        ready = sections.reversed().map {
            Entry(section: $0, batchSize: batchSize, readsBackOnly: readsBackOnly)
        }
    }

    mutating func next(now: Timestamp) -> Next {
        if let index = delayed.indices.filter({ delayed[$0].readyAt <= now }).min(by: {
            delayed[$0].readyAt < delayed[$1].readyAt
        }) {
            return .entry(delayed.remove(at: index))
        }
        if let entry = ready.popLast() { return .entry(entry) }
        return delayed.map(\.readyAt).min().map { .wait(until: $0) } ?? .empty
    }

    /// What has not been begun stays for another cycle.
    mutating func leaveTheRest() {
        ready = []
        delayed.removeAll(where: \.readsBackOnly)
    }

    /// Adds a section that is to be read soon, unless it waits for that already.
    mutating func soon(_ entry: Entry, at readyAt: Timestamp) {
        guard !delayed.contains(where: { $0.section == entry.section }) else { return }
        again(entry, at: readyAt)
    }

    mutating func again(_ entry: Entry, at readyAt: Timestamp) {
        var entry = entry
        entry.readyAt = readyAt
        delayed.append(entry)
    }
}
