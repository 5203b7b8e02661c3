import Answers

/// A page of the Attendance API: `{"data":[{…},…],"links":[…]}`.
struct AttendanceList: Decodable {
    var page: AttendancePage

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        guard var list = try? fields.nestedUnkeyedContainer(forKey: "data") else {
            // One object where a list of one is meant; anything else in its place is no list.
            guard case .record(let only) = try? fields.decode(AttendanceElement.self, forKey: "data").outcome else {
                throw UnexpectedShape("got an object without a data list")
            }
            page = AttendancePage(records: [only], next: try NextLink.uri(in: fields))
            return
        }
        page = AttendancePage(records: [], next: nil)
        page.records.reserveCapacity(list.count ?? 0)
        while !list.isAtEnd {
            let outcome = try list.decodeNil() ? .notAnObject("null") : list.decode(AttendanceElement.self).outcome
            switch outcome {
            case .record(let record): page.records.append(record)
            case .unreadable(let record): page.unreadable.append(record)
            }
        }
        page.next = try NextLink.uri(in: fields)
    }
}
