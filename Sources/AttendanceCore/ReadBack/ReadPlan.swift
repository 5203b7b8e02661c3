/// Which sections are read back now, and in what order. Pure.
public enum ReadPlan {
    /// How long an edit makes its section one that is read early.
    public static let recentEdit = Span.hours(24)
    /// Intervals after which a section that others went before goes first.
    public static let patience: Int64 = 4

    /// When a section is due: at once where a trigger named it or it was never read, else an interval after its last
    /// read. A time of reading that lies ahead means that the clock was set back.
    public static func isDue(_ section: SectionToRead, now: Timestamp, interval: Span) -> Bool {
        guard let readAt = section.readAt, !section.isTriggered, readAt <= now else { return true }
        return now - readAt >= interval
    }

    /// Triggers first; then those that have waited for too long, so that none is left out when the rate limit does
    /// not suffice; then sections with recent edits, those that meet today, and the rest. Of equals the one that was
    /// read longest ago.
    public static func order(
        _ sections: [SectionToRead], today: Day, now: Timestamp, interval: Span
    ) -> [SectionToRead] {
        func rank(_ section: SectionToRead) -> Int {
            if section.isTriggered { return 0 }
            if let readAt = section.readAt, now - readAt >= interval * patience { return 1 }
            if let editedAt = section.editedAt, now - editedAt < recentEdit { return 2 }
            return section.meetingDays?.contains(today) ?? true ? 3 : 4
        }
        return sections.map { (section: $0, rank: rank($0)) }.sorted { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            let (leftRead, rightRead) = (
                left.section.readAt?.milliseconds ?? .min, right.section.readAt?.milliseconds ?? .min
            )
            return leftRead == rightRead ? left.section.section < right.section.section : leftRead < rightRead
        }.map(\.section)
    }
}
