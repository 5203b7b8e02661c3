/// One page of attendance records, in the cursor's order: day, student, section.
struct CleverAttendancePage: Sendable {
    struct Record: Sendable {
        let place: CleverCursor
        let mark: CleverMark
    }

    private(set) var records: [Record] = []
    /// There are records before these.
    private(set) var hasPrevious = false
    /// There are records after these.
    private(set) var hasNext = false

    init(_ query: CleverAttendanceQuery, attendance: CleverAttendance, district: District) {
        guard let days = query.days else { return }
        records.reserveCapacity(query.limit)
        switch query.start {
        case .beginning:
            hasNext = !collect(query, days, after: nil, attendance, district)
        case .after(let cursor):
            hasPrevious = true
            hasNext = !collect(query, days, after: cursor, attendance, district)
        case .before(let cursor):
            hasNext = true
            hasPrevious = !collectBackwards(query, days, before: cursor, attendance, district)
        }
    }

    /// True if the list ended before the page was full.
    private mutating func collect(
        _ query: CleverAttendanceQuery, _ days: ClosedRange<CalendarDay>, after cursor: CleverCursor?,
        _ attendance: CleverAttendance, _ district: District
    ) -> Bool {
        for epochDay in days.lowerBound.epochDay...days.upperBound.epochDay {
            let day = CalendarDay(epochDay: epochDay)
            if let cursor, day < cursor.day { continue }
            let sameDay = cursor?.day == day
            let from = sameDay ? Self.position(of: cursor?.student ?? 0, in: query.people) : 0
            for student in query.people[from...] {
                for (section, mark) in attendance.records(of: student, in: district, on: day) {
                    if let cursor, sameDay, student == cursor.student, section <= cursor.section { continue }
                    guard Self.matches(query, section: section, mark: mark) else { continue }
                    if records.count == query.limit { return false }
                    records.append(record(query, day, student, section, mark))
                }
            }
        }
        return true
    }

    private mutating func collectBackwards(
        _ query: CleverAttendanceQuery, _ days: ClosedRange<CalendarDay>, before cursor: CleverCursor,
        _ attendance: CleverAttendance, _ district: District
    ) -> Bool {
        defer { records.reverse() }
        for epochDay in (days.lowerBound.epochDay...days.upperBound.epochDay).reversed() {
            let day = CalendarDay(epochDay: epochDay)
            if day > cursor.day { continue }
            let sameDay = cursor.day == day
            for student in query.people.reversed() where !sameDay || student <= cursor.student {
                for (section, mark) in attendance.records(of: student, in: district, on: day).reversed() {
                    if sameDay, student == cursor.student, section >= cursor.section { continue }
                    guard Self.matches(query, section: section, mark: mark) else { continue }
                    if records.count == query.limit { return false }
                    records.append(record(query, day, student, section, mark))
                }
            }
        }
        return true
    }

    private func record(
        _ query: CleverAttendanceQuery, _ day: CalendarDay, _ student: Int32, _ section: Int32, _ mark: CleverMark
    ) -> Record {
        Record(place: CleverCursor(day: day, student: student, section: section, school: query.school), mark: mark)
    }

    private static func matches(_ query: CleverAttendanceQuery, section: Int32, mark: CleverMark) -> Bool {
        (query.section == nil || query.section == section) && (query.status == nil || query.status == mark.status)
    }

    /// The first position whose student isn't before `student`.
    private static func position(of student: Int32, in people: [Int32]) -> Int {
        var low = 0
        var high = people.count
        while low < high {
            let middle = (low + high) / 2
            if people[middle] < student { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
