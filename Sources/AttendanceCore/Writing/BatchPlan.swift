/// One section's pending writes, as the planner sees them.
public struct PendingSection: Sendable, Hashable {
    public var section: Int64
    /// The day of each pending write.
    public var days: [Day]

    public init(section: Int64, days: [Day]) {
        self.section = section
        self.days = days
    }
}

public enum BatchPlan {
    /// The order in which sections are written when the budget is short: those with marks of today first, then
    /// the newest dates; of equals the one with more writes, as it moves more marks for one read.
    public static func order(_ sections: [PendingSection], today: Day) -> [PendingSection] {
        sections.sorted { left, right in
            let (leftDay, rightDay) = (left.days.max() ?? .init(number: .min), right.days.max() ?? .init(number: .min))
            let (leftToday, rightToday) = (left.days.contains(today), right.days.contains(today))
            if leftToday != rightToday { return leftToday }
            if leftDay != rightDay { return leftDay > rightDay }
            if left.days.count != right.days.count { return left.days.count > right.days.count }
            return left.section < right.section
        }
    }

    /// Cuts a section's writes into requests of at most `size` items: ⌈items / size⌉ of them, the fewest possible.
    public static func requests<Item>(_ items: [Item], size: Int) -> [[Item]] {
        stride(from: 0, to: items.count, by: max(size, 1)).map {
            Array(items[$0..<min($0 + max(size, 1), items.count)])
        }
    }
}
