/// What was asked of an attendance endpoint.
struct CleverAttendanceQuery: Sendable {
    /// Why a query is refused; the text is the answer's `message`.
    struct Refusal: Error {
        let message: String
    }

    /// Which end of the list the cursor cuts off.
    enum Start: Sendable {
        case beginning
        case after(CleverCursor)
        case before(CleverCursor)
    }

    /// Student indexes whose records are listed, ascending.
    let people: [Int32]
    /// Nil: the records of every section, and the daily ones.
    let section: Int32?
    let school: Int32
    var days: ClosedRange<CalendarDay>?
    var status: String?
    var limit = 100
    var start: Start = .beginning

    /// Reads the query parameters of the Attendance API's swagger.
    init(
        _ request: WireRequest, people: [Int32], section: Int32?, school: Int32, district: District,
        known: ClosedRange<CalendarDay>
    ) throws(Refusal) {
        self.people = people
        self.section = section
        self.school = school
        var first = known.lowerBound
        var last = known.upperBound
        if let text = request.parameter("date_range_start") {
            first = max(first, try Self.day(text, named: "date_range_start"))
        }
        if let text = request.parameter("date_range_end") {
            last = min(last, try Self.day(text, named: "date_range_end"))
        }
        days = first <= last ? first...last : nil
        if let text = request.parameter("attendance_status") {
            guard ["present", "absent", "tardy"].contains(text) else {
                throw Refusal(message: "invalid attendance_status: \(text)")
            }
            status = text
        }
        if let text = request.parameter("limit") {
            guard let number = Int(text), (1...1000).contains(number) else {
                throw Refusal(message: "limit must be between 1 and 1000")
            }
            limit = number
        }
        if let text = request.parameter("starting_after") {
            start = .after(try Self.cursor(text, named: "starting_after", district))
        }
        if let text = request.parameter("ending_before") {
            guard case .beginning = start else {
                throw Refusal(message: "starting_after and ending_before exclude each other")
            }
            start = .before(try Self.cursor(text, named: "ending_before", district))
        }
    }

    private static func day(_ text: String, named name: String) throws(Refusal) -> CalendarDay {
        guard let day = CalendarDay(text) else { throw Refusal(message: "invalid \(name): \(text)") }
        return day
    }

    private static func cursor(
        _ text: String, named name: String, _ district: District
    ) throws(Refusal) -> CleverCursor {
        guard let cursor = CleverCursor(text, in: district) else { throw Refusal(message: "invalid \(name)") }
        return cursor
    }
}
