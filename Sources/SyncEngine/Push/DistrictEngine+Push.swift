import AttendanceCore
import SyncState

/// Which sections are visited for the writes that wait, and the workers that visit them.
extension DistrictEngine {
    static let suspension = Span.hours(24)

    /// Sends what is due. A failure of one section keeps no other from being written. It ends in time for the next poll of
    /// Clever, and goes on in the next cycle: today's marks, which that may bring, go before what is left.
    func pushWrites() async throws {
        guard settings.direction.writesSchoology else { return }
        try judge(.schoology)
        guard try !isWritingPaused, !isRefusedInThisCycle else { return }
        let dueBy = kind == .once ? nil : now
        let sections = try state.reading { [now] in try $0.sectionsToPush(dueBy: dueBy, now: now) }
        progress = CycleProgress(step: .sending, total: sections.count)
        try await visit(
            PushQueue(
                sections: BatchPlan.order(sections, today: today).map(\.section),
                batchSize: settings.schoology.batchSize), count: sections.count, until: nextPoll)
    }

    /// The uptime at which Clever is to be asked again; nil where a cycle is to do everything.
    var nextPoll: Timestamp? {
        kind == .once ? nil : (polledAt ?? world.clock.uptime()) + settings.clever.pollInterval
    }

    /// Visits the sections of a queue, several at a time.
    ///
    /// - Parameter deadline: the uptime after which no other section is begun. A write that is being tried again goes on.
    func visit(_ queue: PushQueue, count: Int, until deadline: Timestamp? = nil) async throws {
        guard count > 0 else { return }
        pushQueue = queue
        isVisiting = true
        defer { isVisiting = false }
        pushFailure = nil
        readFailuresInARow = 0
        do {
            if refusedSides.contains(.schoology), case .entry(let probe) = pushQueue.next(now: world.clock.uptime()) {
                // One section tells whether the credential works again.
                try await visit(probe)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<min(settings.schoology.maxInFlight, count) {
                    group.addTask { try await self.pushWorker(until: deadline) }
                }
                try await group.waitForAll()
            }
        } catch let failure as SideFailure {
            note(failure)
        }
        if let pushFailure { note(pushFailure) }
    }

    private func pushWorker(until deadline: Timestamp?) async throws {
        var hasVisited = false
        while !stopFlag.isSet, !stopsWrites {
            // However late it is, every worker gets something done.
            if hasVisited, let deadline, world.clock.uptime() >= deadline { pushQueue.leaveTheRest() }
            switch pushQueue.next(now: world.clock.uptime()) {
            case .empty: return
            case .wait(let until): await world.clock.sleep(until: until)
            case .entry(let entry):
                try await visit(entry)
                hasVisited = true
                advance(by: 1)
            }
        }
    }

    /// Sections in a row that could not be read, after which the side is taken to be down.
    private static let readFailuresAllowed = 5

    /// Schoology's credential was refused in this cycle, or it is down: the next cycle tries again.
    var stopsWrites: Bool { readFailuresInARow >= Self.readFailuresAllowed || isRefusedInThisCycle }

    var isRefusedInThisCycle: Bool {
        failures.contains { if case .refusedCredential(.schoology, _, _, _) = $0 { true } else { false } }
    }
}
