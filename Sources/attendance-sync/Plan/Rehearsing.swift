import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

/// Runs a district's cycle on a copy of its state, with nothing sent.
enum Rehearsing {
    static func run(
        _ settings: DistrictSettings, upload: Bool, stateDirectory: String, shared: SharedServices, stop: StopSignals
    ) async throws -> Rehearsal {
        let copy = try SyncState(copying: stateDirectory, district: settings.name)
        defer { copy.close() }
        let service = DistrictService(
            settings: settings, state: copy, stateDirectory: stateDirectory, shared: shared, delivery: .rehearsed)
        return await stop.whileRunning {
            await service.engine.rehearse(upload: upload)
        } onStop: {
            await service.engine.stop()
        }
    }
}

/// What of a rehearsal is true of the world: what a side answers, and not what became of writes.
final class RehearsalLog: EventSink {
    private static let told: Set<Event.Name> = [
        .authFailed, .cycleFailed, .rateWaiting, .configRejected, .matchMissing, .matchAmbiguous, .recordQuarantined,
    ]

    private let events: any EventSink

    init(_ events: any EventSink) {
        self.events = events
    }

    func record(_ event: Event) {
        if Self.told.contains(event.name) { events.record(event) }
    }
}
