import AttendanceCore
import Triggers

/// The listeners for the triggers of all districts: one for each address.
actor TriggerService {
    private let events: any EventSink
    private let stateDirectory: String
    private var listeners: [ListenAddress: TriggerListener] = [:]
    private var intakes: [TriggerIntake] = []
    /// What each address is to serve, whether or not it can be listened on now.
    private var routes: [ListenAddress: [String: TriggerListener.Handler]] = [:]
    /// Addresses whose trouble was said already.
    private var complained: Set<ListenAddress> = []

    init(stateDirectory: String, events: any EventSink) {
        self.stateDirectory = stateDirectory
        self.events = events
    }

    /// Serves these districts from now on.
    func serve(_ runners: [DistrictRunner]) async {
        let former = intakes
        intakes = []
        routes = [:]
        for runner in runners {
            guard let triggers = runner.service.settings.schoology.triggers,
                let address = ListenAddress(triggers.listen)
            else { continue }
            let intake = TriggerIntake(runner: runner, stateDirectory: stateDirectory, events: events)
            intakes.append(intake)
            routes[address, default: [:]][triggers.path.reveal()] = { notices in await intake.take(notices) }
        }
        for (address, listener) in listeners where routes[address] == nil {
            await listener.stop()
            listeners[address] = nil
        }
        await listen()
        for intake in former { await intake.close() }
    }

    /// Listens where it should and doesn't yet: an address that is taken may have become free. Without triggers,
    /// sections are read at their intervals all the same.
    func listen() async {
        for (address, routes) in routes {
            if let listener = listeners[address] {
                listener.setRoutes(routes)
                continue
            }
            let listener = TriggerListener(address)
            listener.setRoutes(routes)
            do throws(TriggerListenerError) {
                try await listener.start()
            } catch {
                guard complained.insert(address).inserted else { continue }
                events.record(
                    Event(
                        .error, .triggerUnavailable,
                        ["listen": .id(address), "reason": .id(error), "repair": .text(error.repair)]))
                continue
            }
            complained.remove(address)
            listeners[address] = listener
            events.record(Event(.info, .triggerListening, ["listen": .id(address), "districts": .int(routes.count)]))
        }
    }

    func stop() async {
        routes = [:]
        for listener in listeners.values { await listener.stop() }
        listeners = [:]
        for intake in intakes { await intake.close() }
        intakes = []
    }
}
