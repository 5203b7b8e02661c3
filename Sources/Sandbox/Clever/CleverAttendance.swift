/// Clever's attendance records: those that were generated, and what was changed since.
struct CleverAttendance: Sendable {
    /// What was done to one record.
    enum Change: Sendable {
        case set(CleverMark)
        /// The record is no longer served.
        case vanished
    }

    /// Whom and which day changes are about.
    struct Key: Sendable, Hashable {
        let student: Int32
        let day: CalendarDay
    }

    let seed: UInt64
    private(set) var today: CalendarDay
    private let plannedToday: CalendarDay
    private let firstDay: CalendarDay
    private let generatesMarks: Bool
    /// The days that may have records.
    private(set) var days: ClosedRange<CalendarDay>
    /// Grows with each change, so that rendered pages can be kept until then.
    private(set) var version = 0
    /// When the records of `today` were first seen.
    private var firstSeen: Instant
    var lastSync: Instant?
    private var changes: [Key: [Int32: Change]] = [:]
    /// Whose records of a section were changed: they may have left it since.
    private var studentsChanged: [Int32: Set<Int32>] = [:]
    /// Where changed records with a `sis_id` were put; the record there may be another one by now.
    private var placesBySISID: [String: CleverPlace] = [:]

    init(plan: DistrictPlan, now: Instant) {
        seed = plan.seed
        generatesMarks = plan.generatesMarks
        today = plan.today
        plannedToday = plan.today
        firstDay = plan.today.adding(days: 1 - plan.days)
        days = firstDay...today
        firstSeen = now
        lastSync = now
    }

    /// The student's records of one day, by section, the daily one (-1) first.
    func records(of student: Int32, in district: District, on day: CalendarDay) -> [(section: Int32, mark: CleverMark)]
    {
        var sections = generatedSections(of: student, in: district, on: day)
        let changed = changes.isEmpty ? nil : changes[Key(student: student, day: day)]
        if let changed {
            for section in changed.keys where !sections.contains(section) { sections.append(section) }
            sections.sort()
        }
        var records: [(section: Int32, mark: CleverMark)] = []
        records.reserveCapacity(sections.count)
        for section in sections {
            switch changed?[section] {
            case .set(let mark): records.append((section, mark))
            case .vanished: continue
            case nil: records.append((section, generated(student, section, day)))
            }
        }
        return records
    }

    func mark(student: Int32, section: Int32, day: CalendarDay, in district: District) -> CleverMark? {
        records(of: student, in: district, on: day).first { $0.section == section }?.mark
    }

    func mark(at place: CleverPlace, in district: District) -> CleverMark? {
        mark(student: place.student, section: place.section, day: place.day, in: district)
    }

    /// Where the record with that `sis_id` is.
    func place(ofSISID id: String, in district: District) -> CleverPlace? {
        let candidates = [placesBySISID[id], GeneratedRecordID.place(of: id, seed: seed)].compactMap(\.self)
        return candidates.first { place in
            district.students.indices.contains(Int(place.student)) && mark(at: place, in: district)?.sisID == id
        }
    }

    /// The students who may have records of a section, ascending.
    func people(ofSection section: Int32, in district: District) -> [Int32] {
        let enrolled = district.sections[Int(section)].students
        guard let changed = studentsChanged[section]?.subtracting(enrolled), !changed.isEmpty else { return enrolled }
        return (enrolled + changed).sorted()
    }

    mutating func change(_ place: CleverPlace, to change: Change) {
        self.change(student: place.student, section: place.section, day: place.day, to: change)
    }

    mutating func change(student: Int32, section: Int32, day: CalendarDay, to change: Change) {
        changes[Key(student: student, day: day), default: [:]][section] = change
        studentsChanged[section, default: []].insert(student)
        if case .set(let mark) = change, let id = mark.sisID {
            placesBySISID[id] = CleverPlace(student: student, section: section, day: day)
        }
        days = min(days.lowerBound, day)...max(days.upperBound, day)
        version += 1
    }

    /// The school's day moves on; the new day's records are first seen at `now`.
    mutating func setToday(_ day: CalendarDay, now: Instant) {
        today = day
        firstSeen = now
        days = days.lowerBound...max(days.upperBound, day)
        version += 1
    }

    /// Something that records depend on has changed in the roster.
    mutating func rosterChanged() {
        version += 1
    }

    /// The sections that a generated record exists for.
    private func generatedSections(of student: Int32, in district: District, on day: CalendarDay) -> [Int32] {
        guard generatesMarks, day.isSchoolDay || day == plannedToday || day == today, day >= firstDay, day <= today
        else { return [] }
        let entry = district.students[Int(student)]
        guard entry.sharing == .shared else { return [] }
        switch district.schools[Int(entry.school)].level {
        case .elementary: return [-1]
        case .secondary: return entry.sections
        }
    }

    private func generated(_ student: Int32, _ section: Int32, _ day: CalendarDay) -> CleverMark {
        // A past day's records were seen in that night's sync.
        let seen =
            day < today
            ? Instant(day: day.adding(days: 1), hour: 2, minute: 15, second: Int(student % 60), millisecond: 120)
            : firstSeen
        return .generated(seed: seed, student: student, section: section, day: day, seen: seen)
    }
}
