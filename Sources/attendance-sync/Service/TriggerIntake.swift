import AttendanceCore
import SyncEngine
import SyncState

/// Notes one district's triggers, durably, and wakes its runner.
actor TriggerIntake {
    private let district: String
    private let stateDirectory: String
    private let events: any EventSink
    private let runner: DistrictRunner
    private let executor: any SerialExecutor
    /// A connection of its own: noting doesn't wait for the engine's steps, only for SQLite's lock.
    private var state: SyncState?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(runner: DistrictRunner, stateDirectory: String, events: any EventSink) {
        district = runner.service.settings.name
        self.stateDirectory = stateDirectory
        self.events = events
        self.runner = runner
        executor = QueueExecutor(label: "triggers.\(runner.service.settings.name)")
    }

    /// - Returns: whether the sections are stored as to be read.
    func take(_ notices: [TriggerNotice]) async -> Bool {
        let sections: Int
        do throws(StateError) {
            let state = try openState()
            sections = try state.transaction { try $0.note(notices, now: .current) }
        } catch {
            events.record(
                Event(
                    .error, .triggerUnavailable, district: district,
                    ["listen": "", "reason": .text("\(error)"), "repair": .text(error.repair)]))
            return false
        }
        events.record(
            Event(
                .info, .triggerReceived, district: district,
                ["sections": .int(sections), "marks": .int(notices.count)]))
        if sections > 0 { await runner.attendToTriggers() }
        return true
    }

    func close() {
        state?.close()
        state = nil
    }

    private func openState() throws(StateError) -> SyncState {
        if let state { return state }
        let opened = try SyncState(directory: stateDirectory, district: district, access: .shared)
        state = opened
        return opened
    }
}
