import AttendanceCore
import SchoologyAPI

/// What a section shows for the days that were asked for. Present rows are left out by Schoology, so what is not
/// here is present.
struct SectionReading {
    struct Place: Hashable {
        var enrollment: Int64
        var day: Day
    }

    private var marks: [Place: AttendanceReading.Mark] = [:]
    private var unreadable: Set<AttendanceReading.UnreadableKey> = []

    /// - Throws: where a row can't be read nor tied to a student: any of them might not be present, then.
    mutating func add(_ page: AttendanceReading) throws(SideFailure) {
        guard page.unreadable <= page.unreadableKeys.count else {
            throw .malformed(.schoology, detail: "\(page.unreadable) rows of a section's attendance can't be read")
        }
        for mark in page.marks {
            guard let enrollment = Int64(mark.enrollmentID) else { continue }
            marks[Place(enrollment: enrollment, day: mark.day)] = mark
        }
        unreadable.formUnion(page.unreadableKeys)
    }

    /// What it would show, had a rehearsal's writes been made.
    mutating func overlay(_ statuses: [Place: Status]) {
        for (place, status) in statuses {
            marks[place] = AttendanceReading.Mark(
                enrollmentID: String(place.enrollment), day: place.day, status: status, comment: comment(place))
        }
    }

    /// Every row that Schoology gave.
    var all: [(place: Place, status: Status)] { marks.map { ($0.key, $0.value.status) } }

    func status(_ place: Place) -> Status { marks[place]?.status ?? .present }

    func comment(_ place: Place) -> String? { marks[place]?.comment }

    /// The rows that can't be understood.
    var unreadableKeys: Set<AttendanceReading.UnreadableKey> { unreadable }

    /// Whether Schoology gave a row for this place that can't be understood.
    func isUnreadable(_ place: Place) -> Bool {
        let id = String(place.enrollment)
        return unreadable.contains { $0.enrollmentID == id && ($0.day == nil || $0.day == place.day) }
    }
}
