import AttendanceCore
import SyncEngine
import Synchronization

/// Keeps every event, for tests to look at.
final class Recorder: EventSink {
    private let events = Mutex<[Event]>([])

    func record(_ event: Event) { events.withLock { $0.append(event) } }

    var all: [Event] { events.withLock { $0 } }

    func all(_ name: Event.Name) -> [Event] { all.filter { $0.name == name } }

    func clear() { events.withLock { $0 = [] } }
}

extension Event {
    subscript(_ key: String) -> String? { fields.first { $0.key == key }?.value.description }
}
