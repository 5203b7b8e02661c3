import AttendanceCore

/// The truth: what each side really said of each mark, when, and who made it say so.
struct Ledger {
    /// A place is a student in a section, by its number in the town.
    struct Key: Hashable {
        var place: Int
        var day: Day
    }

    enum Author: String {
        case office, teacher, sync, roster
    }

    struct Change {
        var at: Timestamp
        /// Nil: a Clever code that the status map has no entry for.
        var value: Status?
        var by: Author
    }

    struct History {
        var clever: [Change] = []
        var schoology: [Change] = []
        /// Each time when both came to say the same.
        var agreements: [(at: Timestamp, value: Status)] = []

        subscript(side: Side) -> [Change] {
            get { side == .clever ? clever : schoology }
            set {
                switch side {
                case .clever: clever = newValue
                case .schoology: schoology = newValue
                }
            }
        }

        func value(_ side: Side) -> Status? { self[side].isEmpty ? .present : self[side][self[side].count - 1].value }

        func value(_ side: Side, at time: Timestamp) -> Status? {
            self[side].last { $0.at <= time }.map(\.value) ?? .present
        }

        /// Whether both said this at one time, then or later. Present is what they said in the beginning.
        func agreed(on value: Status, since time: Timestamp) -> Bool {
            agreements.contains { $0.at >= time && $0.value == value }
        }

        /// Whether it can have been what both had agreed on before that time: they said it at once, or it was brought to one
        /// of them.
        func canHaveBeenBase(_ value: Status, before time: Timestamp) -> Bool {
            value == .present || agreements.contains { $0.at < time && $0.value == value }
                || Side.allCases.contains { side in
                    self[side].contains { $0.by == .sync && $0.at < time && $0.value == value }
                }
        }

        /// Whether the side said this at some time since then.
        func said(_ value: Status, _ side: Side, since time: Timestamp) -> Bool {
            let changes = self[side]
            var current: Status? = .present
            for change in changes {
                if change.at > time, current == value { return true }
                current = change.value
            }
            return current == value
        }
    }

    private(set) var histories: [Key: History] = [:]

    subscript(key: Key) -> History { histories[key] ?? History() }

    /// Writes down what a side says now.
    ///
    /// - Returns: the change before, if it is one.
    @discardableResult
    mutating func note(_ key: Key, _ side: Side, _ value: Status?, by author: Author, at time: Timestamp) -> Bool {
        var history = histories[key] ?? History()
        guard history.value(side) != value else { return false }
        history[side].append(Change(at: time, value: value, by: author))
        if let value, history.value(side.other) == value { history.agreements.append((time, value)) }
        histories[key] = history
        return true
    }

    /// The story of one key, for whoever looks into a failure.
    func story(_ key: Key) -> [String] {
        let history = self[key]
        let changes = Side.allCases.flatMap { side in history[side].map { (side, $0) } }
        return changes.sorted { $0.1.at < $1.1.at }.map { side, change in
            "\(change.at) \(side) \(change.value.map { "\($0)" } ?? "an unknown code") by \(change.by.rawValue)"
        }
    }
}
