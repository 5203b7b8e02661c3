import AttendanceCore
import SyncState

/// Reads Schoology's sections back to see what teachers did.
extension DistrictEngine {
    /// Reads the sections that are due, in the order of ``ReadPlan``. It ends in time for the next poll of Clever, and
    /// goes on in the next cycle.
    func readBack() async throws {
        guard readsWholeWindow, !isRefusedInThisCycle else { return }
        let sections = try dueSections()
        guard !sections.isEmpty else { return }
        progress = CycleProgress(step: .readingBack, total: sections.count)
        try await visit(
            PushQueue(sections: sections, batchSize: settings.schoology.batchSize, readsBackOnly: true),
            count: sections.count, until: nextPoll)
    }

    /// How long until a section is due to be read back; nil where none is ever.
    public func untilReadBack() -> Span? {
        let interval = settings.schoology.pollInterval
        let found = try? state.reading { [settings, now] tx -> (due: [SectionToRead], oldest: Timestamp??) in
            guard try tx.number(.watermark) != nil else { return ([], nil) }
            let schools = try tx.schools(only: settings.clever.schools).map(\.id)
            return (
                // Whether a trigger has settled is for the cycle to see.
                try tx.sectionsToRead(schools: schools, triggeredBy: now, unreadSince: now - interval, now: now),
                try tx.oldestReading(schools: schools, now: now)
            )
        }
        guard let found, let oldest = found.oldest else { return nil }
        let isDue = found.due.contains { section in
            var section = section
            section.isTriggered = false
            return ReadPlan.isDue(section, now: now, interval: interval)
        }
        guard !isDue, let oldest else { return .zero }
        let untilOldest = interval - (now - oldest)
        return found.due.isEmpty ? untilOldest : min(untilOldest, Self.settling)
    }

    /// A trigger's section is read so long after it came: an edit of a whole class, and a write of ours, come back as
    /// one trigger for each mark, and are one read.
    public static let settling = Span.seconds(1)

    /// A trigger named sections: they are read next where a cycle is under way, and else in the next one.
    public func attendToTriggers() {
        hasTriggers = true
        guard isVisiting, let sections = try? triggeredSections(by: now) else { return }
        for section in sections {
            pushQueue.soon(
                PushQueue.Entry(section: section, batchSize: settings.schoology.batchSize, readsBackOnly: true),
                at: world.clock.uptime() + Self.settling)
        }
    }

    /// Between two steps of a long scan: what triggers named doesn't wait for its end.
    func readTriggered() async throws {
        guard hasTriggers, !isRefusedInThisCycle else { return }
        let sections = try triggeredSections(by: now - Self.settling)
        hasTriggers = try state.reading { try $0.hasTriggerNotes() }
        guard !sections.isEmpty else { return }
        let (progress, readsWholeWindow) = (progress, readsWholeWindow)
        self.readsWholeWindow = true
        defer { (self.progress, self.readsWholeWindow) = (progress, readsWholeWindow) }
        try await visit(
            PushQueue(sections: sections, batchSize: settings.schoology.batchSize, readsBackOnly: true),
            count: sections.count)
    }

    /// None before Clever has been read once: what it says already would look like a teacher's doing.
    private func triggeredSections(by time: Timestamp) throws -> [Int64] {
        try state.reading { [now] tx in
            try tx.number(.watermark) == nil ? [] : tx.triggeredSections(triggeredBy: time, now: now)
        }
    }

    private func dueSections() throws -> [Int64] {
        let interval = settings.schoology.pollInterval
        var sections = try state.reading { [settings, now, kind] tx in
            try tx.sectionsToRead(
                schools: tx.schools(only: settings.clever.schools).map(\.id), triggeredBy: now - Self.settling,
                unreadSince: kind == .once ? nil : now - interval, now: now)
        }
        if kind == .once {
            // Those that were visited for their writes have been read.
            sections.removeAll { section in section.readAt.map { $0 >= cycleBegan } ?? false && !section.isTriggered }
        } else {
            sections.removeAll { !ReadPlan.isDue($0, now: now, interval: interval) }
        }
        let ordered = ReadPlan.order(sections, today: today, now: now, interval: interval).map(\.section)
        guard !settings.direction.writesClever else { return ordered }
        return Array(ordered.prefix(readsForDrift))
    }

    /// Where nothing goes back to Clever, reading only shows drift: it gets what the rate limit gives in this time.
    private static let timeForDrift = Span.seconds(30)

    private var readsForDrift: Int {
        let limit = settings.schoology.rateLimit
        let windows = Self.timeForDrift.milliseconds / max(limit.window.milliseconds, 1)
        return max(Int(windows) * limit.credits / max(limit.readCost, 1), 1)
    }
}
