import AttendanceCore
import Dispatch
import SyncEngine
import Synchronization

/// Runs a district's cycles one after the other: one a poll interval, from start to start, and between them those
/// that read Schoology back when sections are due or a trigger came.
final class DistrictRunner: Sendable {
    private enum Activity {
        case waiting
        /// What the heartbeat counted when it was last seen to have moved, and when that was.
        case working(beats: UInt64, since: Timestamp)
    }

    let service: DistrictService
    private let clock = SystemClock()
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let activity = Mutex(Activity.waiting)

    init(_ service: DistrictService) {
        self.service = service
    }

    func start(_ finished: @escaping @Sendable (CycleReport) -> Void) {
        task.withLock { task in
            task = Task {
                var schedule = CycleSchedule(
                    pollInterval: self.service.settings.clever.pollInterval, now: self.clock.uptime())
                while !Task.isCancelled {
                    var kind = schedule.begin(now: self.clock.uptime())
                    // Between the polls.
                    if kind == .readBack, await self.service.engine.hasBackfill() { kind = .backfill }
                    self.activity.withLock {
                        $0 = .working(beats: self.service.heartbeat.value, since: self.clock.uptime())
                    }
                    let report = await self.service.engine.runCycle(kind)
                    self.activity.withLock { $0 = .waiting }
                    finished(report)
                    guard report.outcome != .stopped, !Task.isCancelled else { return }
                    if kind == .scheduled, report.stateError == nil {
                        await self.service.purge.runIfDue(self.service) { !self.isStopping.withLock { $0 } }
                    }
                    let untilMore = await self.service.engine.untilMore(after: report)
                    await self.wait(until: schedule.next(untilMore: untilMore, now: self.clock.uptime()), schedule)
                    if self.isStopping.withLock({ $0 }) { return }
                }
            }
        }
    }

    private let isStopping = Mutex(false)
    private let alarm = Alarm()

    /// Waits for a time, or for a trigger.
    private func wait(until due: Timestamp, _ schedule: CycleSchedule) async {
        guard await alarm.wait(until: due, clock) else { return }
        await clock.sleep(until: schedule.next(afterTriggerAt: clock.uptime(), before: due))
    }

    /// Triggers have been noted: their sections are read next.
    func attendToTriggers() async {
        await service.engine.attendToTriggers()
        alarm.ring()
    }

    /// The state has changed: what it calls for is done now, and not with the next poll.
    func lookNow() { alarm.ring() }

    /// Ends the cycle after the request that is in flight; cuts it off when that takes longer than `grace`.
    func stop(grace: Duration) async {
        isStopping.withLock { $0 = true }
        clock.interrupt()
        alarm.ring()
        guard let task = task.withLock({ $0 }) else { return }
        let cutOff = Task {
            try? await Task.sleep(for: grace)
            if !Task.isCancelled { task.cancel() }
        }
        await service.engine.stop()
        await task.value
        cutOff.cancel()
    }

    /// Whether the district waits for its next cycle, or its cycle got somewhere in that time.
    func hasMoved(within limit: Span) -> Bool {
        let now = clock.uptime()
        let beats = service.heartbeat.value
        return activity.withLock { activity in
            switch activity {
            case .waiting: return true
            case .working(let seen, _) where seen != beats:
                activity = .working(beats: beats, since: now)
                return true
            case .working(_, let since): return now - since < limit
            }
        }
    }
}
