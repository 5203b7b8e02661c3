import Answers

/// A page of the Attendance API: `{"data":[{…},…],"links":[…]}`.
struct AttendanceList: ReadableFromJSON {
    var page: AttendancePage

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        page = AttendancePage(records: [], next: nil)
        guard let data = fields["data"] else { throw UnexpectedShape("got an object without a data list") }
        if data.isList {
            for element in data.elements { add(AttendanceElement(element)) }
        } else {
            // One object where a list of one is meant; anything else in its place is no list.
            guard case .record(let only) = AttendanceElement(data) else {
                throw UnexpectedShape("got an object without a data list")
            }
            page.records = [only]
        }
        page.next = try NextLink.uri(in: fields)
    }

    private mutating func add(_ element: AttendanceElement) {
        switch element {
        case .record(let record): page.records.append(record)
        case .unreadable(let record): page.unreadable.append(record)
        }
    }
}
