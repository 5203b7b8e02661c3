/// Everything that changes about the sandbox's Schoology, its roster apart.
struct SchoologyState: Sendable {
    /// One student in one section on one day.
    struct Place: Sendable, Hashable {
        let enrollment: Int32
        let day: CalendarDay
    }

    var oauth: OAuthVerifier
    var budget: CreditBudget
    /// Rows of present are served too, instead of being left out.
    var listsPresentRows = false
    /// Attendance answers cover so many dates and have `links.next` to the others; nil: all.
    var attendanceDatesPerPage: Int?
    var skewMilliseconds: Int64 = 0
    var triggers = TriggerBook()
    /// Rows ever made.
    private(set) var rowCount = 0
    private(set) var marks: [Place: SchoologyMark] = [:]
    /// Days with rows, by section.
    private(set) var takenDays: [Int32: Set<CalendarDay>] = [:]

    func mark(_ enrollment: Int32, _ day: CalendarDay) -> SchoologyMark? {
        marks[Place(enrollment: enrollment, day: day)]
    }

    /// Writes one row; a comment that isn't given is cleared. Returns the row's id.
    @discardableResult
    mutating func write(
        enrollment: Int32, section: Int32, day: CalendarDay, status: UInt8, comment: String, byAPI: Bool
    ) -> Int {
        let place = Place(enrollment: enrollment, day: day)
        if marks[place] == nil { rowCount += 1 }
        var mark = marks[place] ?? SchoologyMark(id: SchoologyID.firstAttendance + rowCount, status: 1, comment: "")
        mark.status = status
        mark.comment = comment
        if byAPI { mark.writes += 1 }
        marks[place] = mark
        takenDays[section, default: []].insert(day)
        return mark.id
    }

    /// The row goes. Its day keeps its node, which may then have no statuses.
    mutating func clear(enrollment: Int32, day: CalendarDay) {
        marks[Place(enrollment: enrollment, day: day)] = nil
    }
}
