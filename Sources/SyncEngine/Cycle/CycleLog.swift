import AttendanceCore

/// The log of one district's cycles: adds the district and the cycle to each event.
final class CycleLog {
    private let events: any EventSink
    private let district: String
    var cycle: Int64?

    init(events: any EventSink, district: String) {
        self.events = events
        self.district = district
    }

    func write(_ level: Event.Level, _ name: Event.Name, _ fields: [Event.Field]) {
        var event = Event(level, name, district: district, cycle: cycle)
        event.fields = fields
        events.record(event)
    }

    func write(_ level: Event.Level, _ name: Event.Name, _ fields: KeyValuePairs<String, Event.Value> = [:]) {
        write(level, name, fields.map { Event.Field($0.key, $0.value) })
    }
}
