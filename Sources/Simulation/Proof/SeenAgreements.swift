import AttendanceCore

/// What the daemon has seen both sides agree on: it reads them one after the other, so a side may say something else again
/// by then.
struct SeenAgreements {
    /// What Schoology said when the section was last read.
    private var shown: [Ledger.Key: Status] = [:]
    private var agreements: [Ledger.Key: [(at: Timestamp, value: Status)]] = [:]

    /// A reading of a section arrived.
    ///
    /// - Parameter known: up to when the daemon knows what Clever said of a day.
    mutating func read(
        _ days: ClosedRange<Day>, of section: String, servedAt: Timestamp, known: (Day) -> Timestamp,
        _ town: SimulatedTown
    ) {
        for key in town.keys(of: days) where town.places[key.place].schoologySection == section {
            guard let history = town.ledger.histories[key] else { continue }
            let value = history.value(.schoology, at: servedAt)
            shown[key] = value
            note(key, value, history, since: known(key.day), at: town.time.now)
        }
    }

    /// Clever was scanned, up to a sync.
    mutating func scanned(_ days: ClosedRange<Day>, sync: Timestamp, _ town: SimulatedTown) {
        for key in town.keys(of: days) {
            guard let history = town.ledger.histories[key] else { continue }
            note(key, shown[key] ?? .present, history, since: sync, at: town.time.now)
        }
    }

    func contains(_ key: Ledger.Key, _ value: Status, before time: Timestamp) -> Bool {
        agreements[key]?.contains { $0.at < time && $0.value == value } ?? false
    }

    private mutating func note(
        _ key: Ledger.Key, _ value: Status?, _ history: Ledger.History, since time: Timestamp, at now: Timestamp
    ) {
        guard let value, value != .present, agreements[key]?.last?.value != value,
            history.said(value, .clever, since: time)
        else { return }
        agreements[key, default: []].append((now, value))
    }
}

extension SimulatedTown {
    fileprivate func keys(of days: ClosedRange<Day>) -> [Ledger.Key] {
        places.indices.flatMap { place in
            (days.lowerBound.number...days.upperBound.number).map { Ledger.Key(place: place, day: Day(number: $0)) }
        }
    }
}
