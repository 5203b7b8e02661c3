import Answers
import AttendanceCore

/// The rows of one date, out of its status groups.
struct DateNode: ReadableFromJSON {
    var rows: [AttendanceRow] = []
    /// Groups and rows that aren't objects.
    var unreadable = 0

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        guard fields.contains("date") || fields.contains("statuses") else { throw UnexpectedShape("no date node") }
        let day = fields.text("date").flatMap { Day($0.trimmed) }
        for group in try DateNode.inner(fields, "statuses", "status", of: StatusGroup.self) {
            guard let group else {
                unreadable += 1
                continue
            }
            for row in group.rows {
                guard var row else {
                    unreadable += 1
                    continue
                }
                if row.lacksDay { row.day = day }
                if row.lacksStatus { row.status = group.status }
                rows.append(row)
            }
        }
    }

    /// The list in `{"statuses":{"status":[…]}}` and its like; empty when there is nothing in either. Anything
    /// else throws: what isn't understood must not read as "no marks".
    static func inner<Element: ReadableFromJSON>(
        _ fields: Fields, _ outer: Field, _ inner: Field, of element: Element.Type
    ) throws(UnexpectedShape) -> [Element?] {
        guard !fields.isVoid(outer) else { return [] }
        guard let object = fields.object(outer) else { throw UnexpectedShape("\(outer.name) is not an object") }
        guard let list = try object.list(inner, of: element) else {
            throw UnexpectedShape("\(outer.name) is without \(inner.name)")
        }
        return list
    }

    private struct StatusGroup: ReadableFromJSON {
        var status: Status?
        var rows: [AttendanceRow?]

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            guard fields.contains("attendances") || fields.contains("status_code") else {
                throw UnexpectedShape("no status group")
            }
            status = fields.integer("status_code").flatMap { Status(rawValue: $0) }
            rows = try DateNode.inner(fields, "attendances", "attendance", of: AttendanceRow.self)
        }
    }
}
