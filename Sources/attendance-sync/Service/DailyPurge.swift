import AttendanceCore
import SyncEngine
import SyncState

/// Purges each district's state once a day, between two cycles.
actor DailyPurge {
    private static let interval = Span.hours(24)
    /// The next cycle doesn't wait for longer: what is left goes after it.
    private static let patience = Span.seconds(30)

    private let events: any EventSink
    private let clock = SystemClock()
    private let executor: any SerialExecutor = QueueExecutor(label: "purge")
    private var retention: Span?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(events: any EventSink) {
        self.events = events
    }

    /// As configured; until this is called, nothing is purged.
    func set(retention: Span) { self.retention = retention }

    func runIfDue(_ service: DistrictService, unlessStopping mayGoOn: @Sendable () -> Bool) async {
        guard let retention else { return }
        let purge = StatePurge(settings: service.settings, retention: retention, state: service.state)
        let limits = purge.limits(now: .current)
        let began = clock.uptime()
        do {
            guard try isDue(service.state) else { return }
            let clock = clock
            let totals = try await purge.run(limits) { mayGoOn() && clock.uptime() - began < Self.patience }
            var fields = [Event.Field("before", .text(limits.firstDay.description))]
            fields += PurgedRows.allCases.map { .init($0.rawValue, .int(totals[$0])) }
            fields.append(.init("duration_ms", .int((clock.uptime() - began).milliseconds)))
            var event = Event(.info, .statePurged, district: service.settings.name)
            event.fields = fields
            events.record(event)
        } catch {
            let reason = (error as? StateError) ?? .inaccessible(path: service.state.path, detail: "\(error)")
            events.record(
                Event(
                    .error, .cycleFailed, district: service.settings.name,
                    ["side": "state", "reason": .text("purge: \(reason)"), "repair": .text(reason.repair)]))
        }
    }

    private func isDue(_ state: SyncState) throws -> Bool {
        guard let last = try state.reading({ try $0.number(.purgedAt) }).map(Timestamp.init(milliseconds:)) else {
            return true
        }
        let now = Timestamp.current
        // A clock that was set back must not keep it from running.
        return now - last >= Self.interval || last > now
    }
}
