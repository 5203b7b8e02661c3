import Answers
import AttendanceCore

/// The body that Schoology POSTs: `{"uid", "timestamp", "type", "data": [{"realm", "section_id", "object": {…}}, …]}`
/// (Schoology's developer documentation, *Triggers*).
public enum TriggerEvent {
    /// The sections to look at, each pair of section and mark once; none for events that aren't about attendance.
    ///
    /// Numbers may be texts, a lone object may stand for a list, and what is missing may be null or empty. An element
    /// without a section is left out.
    /// - Throws: where it isn't an event, or not one element of it names a section.
    public static func notices(in body: [UInt8]) throws(MalformedAnswer) -> [TriggerNotice] {
        let event = try AnswerJSON.read(Event.self, from: body, expected: "a trigger")
        guard event.type.hasPrefix("attendance.") else { return [] }
        guard let elements = event.elements else { throw MalformedAnswer(what: "a trigger without data") }
        let named = elements.compactMap(\.self)
        guard elements.isEmpty || !named.isEmpty else {
            throw MalformedAnswer(what: "a trigger whose data names no section")
        }
        var seen: Set<TriggerNotice> = []
        return named.flatMap { $0.notices(editedAt: event.time) }.filter { seen.insert($0).inserted }
    }

    private struct Event: ReadableFromJSON {
        var type: String
        var time: Timestamp?
        /// Nil where there is no data at all; an element that names no section is nil.
        var elements: [Element?]?

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            guard let type = fields.text("type") else { throw UnexpectedShape("it has no type") }
            self.type = type
            // Seconds up to the year 5138: more is no time, and would overflow as milliseconds.
            time = fields.integer("timestamp").flatMap { seconds in
                (1...100_000_000_000).contains(seconds) ? Timestamp(seconds: Int64(seconds)) : nil
            }
            // Data of other events is of other shapes, and nobody's business.
            elements = try? fields.list("data")
        }
    }

    private struct Element: ReadableFromJSON {
        var section: Int64
        var objects: [Object]

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            guard let section = fields.identifier("section_id") else { throw UnexpectedShape("no section_id") }
            self.section = section
            objects = ((try? fields.list("object", of: Object.self)) ?? nil)?.compactMap(\.self) ?? []
        }

        func notices(editedAt time: Timestamp?) -> [TriggerNotice] {
            let objects = objects.isEmpty ? [Object()] : objects
            return objects.map {
                TriggerNotice(schoologySection: section, enrollment: $0.enrollment, day: $0.day, editedAt: time)
            }
        }
    }

    private struct Object: ReadableFromJSON {
        var enrollment: Int64?
        var day: Day?

        init() {}

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            enrollment = fields.identifier("enrollment_id")
            day = fields.text("date").flatMap { Day($0.prefix(10)) }
        }
    }
}

extension Fields {
    fileprivate func identifier(_ field: Field) -> Int64? {
        integer(field).flatMap { $0 > 0 ? Int64($0) : nil }
    }
}
