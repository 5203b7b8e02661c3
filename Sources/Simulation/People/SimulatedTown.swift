import AttendanceCore
import Sandbox

/// Both sides with the people who edit there, and the ledger of what they did.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class SimulatedTown: @unchecked Sendable {
    let scenario: Scenario
    let time: SimulatedTime
    let sandbox: LocalSandbox
    /// The scenario's, with the sandbox's addresses and credentials.
    let settings: DistrictSettings
    var places: [Place] = []
    private var placesByEnrollment: [String: Int] = [:]
    var ledger = Ledger()
    /// What stands beside the marks in Schoology, as teachers wrote it.
    var comments: [Ledger.Key: String] = [:]
    /// When Clever said that its attendance is up to date.
    private(set) var syncs: [Timestamp] = []
    /// Days that have begun.
    private(set) var today: Day
    private var students = 0
    /// When an enrollment last came, went or came back.
    private(set) var rosterChanged: Timestamp?
    /// Who left for a while, by place: the enrollment.
    private var away: [Int: String] = [:]
    /// The file under its real name, and how often it was replaced; nil: there is none.
    var file: (bytes: [UInt8], number: Int)?
    var counts = Tally()
    var uploadCount = 0
    /// Faults that are on: kind, percent.
    var faults: [Int: (kind: FaultKind, percent: Int)] = [:]
    let transcript: Transcript?

    init(_ scenario: Scenario, _ time: SimulatedTime, _ transcript: Transcript?) {
        self.scenario = scenario
        self.time = time
        self.transcript = transcript
        today = scenario.day(time.now)
        var plan = DistrictPlan(
            seed: scenario.seed, students: scenario.students, sectionsPerStudent: scenario.sectionsPerStudent,
            elementaryPercent: scenario.elementaryPercent, today: Self.schoolDay(today).calendarDay, days: 1,
            oddities: .none)
        plan.generatesMarks = scenario.generatesMarks
        var settings = SandboxSettings(plan)
        settings.clock = SandboxClock { Instant(milliseconds: time.now.milliseconds) }
        settings.schoologyAllowedStep = scenario.schoologyAllowedStep
        settings.schoologyListsPresentRows = scenario.schoologyListsPresentRows
        settings.schoologyDatesPerPage = scenario.schoologyDatesPerPage
        settings.schoologyCredits = scenario.settings.schoology.rateLimit.credits
        settings.schoologyWindowMilliseconds = scenario.settings.schoology.rateLimit.window.milliseconds
        sandbox = LocalSandbox(withoutSockets: settings)
        var district = scenario.settings
        district.clever.baseURL = sandbox.cleverURL
        district.clever.token = Secret(settings.cleverToken)
        district.schoology.baseURL = sandbox.schoologyURL
        district.schoology.consumerKey = Secret(settings.consumerKey)
        district.schoology.consumerSecret = Secret(settings.consumerSecret)
        self.settings = district
        syncs = [time.now]
        for pair in sandbox.pairs() {
            add(
                Place(
                    student: pair.cleverStudent, section: pair.cleverSection, schoologySection: pair.schoologySection,
                    enrollment: pair.enrollment, takesDaily: sandbox.isHomeroom(section: pair.cleverSection)))
        }
        students = scenario.students
        // A school that takes attendance once a day has records of everyone present. The very first daily record of a
        // school is found by scans alone, not by what is looked up before an upload.
        for place in places where place.takesDaily {
            try? sandbox.setCleverRecord(
                student: place.student, section: nil, date: today.calendarDay, status: "present")
        }
        noteGenerated(on: Self.schoolDay(today))
        scheduleMidnight()
    }

    /// It, or the last one before it: there are no records of a weekend.
    private static func schoolDay(_ day: Day) -> Day { day.calendarDay.isSchoolDay ? day : schoolDay(day - 1) }

    // MARK: Places

    private func add(_ place: Place) {
        if let enrollment = place.enrollment { placesByEnrollment[enrollment] = places.count }
        places.append(place)
    }

    func place(ofEnrollment enrollment: String) -> Int? { placesByEnrollment[enrollment] }

    func place(_ number: Int) -> Int { number % places.count }

    /// The sections that exist in Schoology, in their order.
    var schoologySections: [String] {
        places.map(\.schoologySection).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: What is said

    /// What Clever says, by the configured rules; nil: a code that the map has no entry for.
    func cleverSays(_ place: Int, _ day: Day) -> Status? {
        let there = places[place]
        let date = day.calendarDay
        var record = try? sandbox.cleverRecord(student: there.student, section: there.section, date: date)
        if record == nil, there.takesDaily {
            record = try? sandbox.cleverRecord(student: there.student, section: nil, date: date)
        }
        guard let record else { return .present }
        guard let status = CleverStatus(name: record.status) else { return nil }
        return scenario.settings.statusMap.status(of: status, excuseCode: record.excuseCode)
    }

    func schoologySays(_ place: Int, _ day: Day) -> Status {
        guard let enrollment = places[place].enrollment,
            let mark = try? sandbox.schoologyMark(enrollment: enrollment, date: day.calendarDay)
        else { return .present }
        return Status(rawValue: mark.status) ?? .present
    }

    func comment(_ place: Int, _ day: Day) -> String {
        guard let enrollment = places[place].enrollment else { return "" }
        return (try? sandbox.schoologyMark(enrollment: enrollment, date: day.calendarDay))??.comment ?? ""
    }

    func note(_ place: Int, _ day: Day, _ side: Side, by author: Ledger.Author) {
        let value = side == .clever ? cleverSays(place, day) : schoologySays(place, day)
        let key = Ledger.Key(place: place, day: day)
        if ledger.note(key, side, value, by: author, at: time.now) {
            transcript?.write(
                "\(time.now) \(side) place \(place) \(day): \(value.map { "\($0)" } ?? "?") by \(author.rawValue)")
        }
    }

    // MARK: Days

    private func scheduleMidnight() {
        // Looked for rather than worked out: the night on which clocks change is an hour longer or shorter.
        var next = Timestamp(milliseconds: (time.now.milliseconds / 1_800_000 + 1) * 1_800_000)
        while scenario.day(next) <= today { next = next + .minutes(30) }
        time.at(next) { [self] in
            today = scenario.day(time.now)
            if today.calendarDay.isSchoolDay {
                sandbox.setToday(today.calendarDay)
                noteGenerated(on: today)
            }
            counts.days += 1
            if scenario.calendar.isInSession(today) { counts.schoolDays += 1 }
            scheduleMidnight()
        }
    }

    private func noteGenerated(on day: Day) {
        guard scenario.generatesMarks else { return }
        for place in places.indices { note(place, day, .clever, by: .office) }
    }

    /// The SIS shows a new place's marks of the days before too. As far back as something may read them: an operator goes
    /// over the last ten days, and where nothing could run for weeks, so much later.
    private func noteGenerated(before place: Int) {
        guard scenario.generatesMarks else { return }
        for ago in 0..<70 { note(place, today - ago, .clever, by: .office) }
    }

    func finishSync() {
        sandbox.finishAttendanceSync()
        noteSync()
    }

    /// Clever has synced, by itself or with a file.
    func noteSync() {
        syncs.append(time.now)
        if syncs.count > 64 { syncs.removeFirst(32) }
    }

    /// Whether what Clever said at `time` was announced by a sync until `deadline`.
    func wasAnnounced(_ moment: Timestamp, until deadline: Timestamp) -> Bool {
        syncs.contains { $0 >= moment && $0 <= deadline }
    }

    // MARK: People

    func officeMarks(_ number: Int, daysAgo: Int, word: Int, isDaily: Bool) {
        let place = place(number)
        let there = places[place]
        let day = today - daysAgo
        let (status, code) = Scenario.officeWords[word % Scenario.officeWords.count]
        let isDaily = isDaily && there.takesDaily
        try? sandbox.setCleverRecord(
            student: there.student, section: isDaily ? nil : there.section, date: day.calendarDay, status: status,
            excuseCode: code)
        counts.officeEdits += 1
        note(place, day, .clever, by: .office)
    }

    /// - Returns: the enrollment and day that a trigger would name.
    func teacherMarks(_ number: Int, daysAgo: Int, status: Int) -> (place: Int, day: Day)? {
        let place = place(number)
        guard let enrollment = places[place].enrollment, places[place].isActive else { return nil }
        let day = today - daysAgo
        if status == 0 {
            try? sandbox.clearSchoologyMark(enrollment: enrollment, date: day.calendarDay)
        } else {
            // Sometimes none, sometimes one that a URL or a JSON could stumble over.
            let comment = status == 3 ? "" : "note \(counts.teacherEdits) & \"é\""
            try? sandbox.setSchoologyMark(
                enrollment: enrollment, date: day.calendarDay, status: status, comment: comment)
        }
        comments[Ledger.Key(place: place, day: day)] = comment(place, day)
        counts.teacherEdits += 1
        note(place, day, .schoology, by: .teacher)
        return (place, day)
    }

    // MARK: Rosters

    private func noteRosterChange() {
        counts.rosterChanges += 1
        rosterChanged = time.now
    }

    func enrollsAnew(_ number: Int) {
        let place = place(number)
        guard let enrollment = places[place].enrollment, places[place].isActive,
            let anew = try? sandbox.enrollAnew(enrollment)
        else { return }
        placesByEnrollment[enrollment] = nil
        placesByEnrollment[anew] = place
        places[place].enrollment = anew
        noteSchoologyGone(place)
        noteRosterChange()
    }

    func moves(_ number: Int, to section: Int) {
        let place = place(number)
        let there = places[place]
        guard let enrollment = there.enrollment, there.isActive, !there.takesDaily else { return }
        // To another section of the same school that the student isn't in.
        let others = places.filter { other in
            !other.takesDaily && other.section != there.section
                && sandbox.isSameSchool(other.section, there.section)
                && !places.contains { $0.student == there.student && $0.section == other.section }
        }
        guard !others.isEmpty else { return }
        let target = others[section % others.count]
        guard let anew = try? sandbox.enroll(sameAs: enrollment, section: target.schoologySection) else { return }
        try? sandbox.setEnrolled(false, student: there.student, section: there.section)
        try? sandbox.setEnrolled(true, student: there.student, section: target.section)
        try? sandbox.setEnrollmentStatus(5, enrollment: enrollment)
        places[place].isActive = false
        add(
            Place(
                student: there.student, section: target.section, schoologySection: target.schoologySection,
                enrollment: anew))
        noteGenerated(before: places.count - 1)
        noteRosterChange()
    }

    func arrives(in section: Int, inSchoologyAfter delay: Span) {
        let models = places.filter { !$0.takesDaily }
        guard !models.isEmpty else { return }
        let model = models[section % models.count]
        students += 1
        let sisID = "N\(students)"
        guard let student = try? sandbox.addStudent(sisID: sisID, sections: [model.section]) else { return }
        let place = places.count
        // Of none, the first section: the only one. Not as the first of a school to have daily records: see above.
        let takesDaily = places.contains { $0.takesDaily && sandbox.isSameSchool($0.section, model.section) }
        places.append(
            Place(
                student: student, section: model.section, schoologySection: model.schoologySection, enrollment: nil,
                isActive: false, takesDaily: takesDaily))
        noteGenerated(before: place)
        time.at(time.now + delay) { [self] in
            guard let ids = try? sandbox.addSchoologyUser(schoolUID: sisID, sections: [model.schoologySection]),
                let enrollment = ids.first
            else { return }
            places[place].enrollment = enrollment
            places[place].isActive = true
            placesByEnrollment[enrollment] = place
            rosterChanged = time.now
        }
        noteRosterChange()
    }

    func leaves(_ number: Int, for span: Span) {
        let place = place(number)
        guard let enrollment = places[place].enrollment, places[place].isActive else { return }
        places[place].isActive = false
        try? sandbox.setEnrollmentStatus(5, enrollment: enrollment)
        away[place] = enrollment
        time.at(time.now + span) { [self] in comesBack(place) }
        noteRosterChange()
    }

    private func comesBack(_ place: Int) {
        guard let enrollment = away.removeValue(forKey: place), places[place].enrollment == enrollment else { return }
        rosterChanged = time.now
        places[place].isActive = true
        try? sandbox.setEnrollmentStatus(1, enrollment: enrollment)
    }

    /// Whoever left for a while is back. The daemon learns of it as late as the next daily refresh of the roster.
    func everybodyComesBack() {
        for place in away.keys.sorted() { comesBack(place) }
    }

    /// The marks of an enrollment went with it.
    private func noteSchoologyGone(_ place: Int) {
        for key in ledger.histories.keys.filter({ $0.place == place }).sorted(by: { $0.day < $1.day }) {
            note(place, key.day, .schoology, by: .roster)
        }
        comments = comments.filter { $0.key.place != place }
    }
}

extension Day {
    var calendarDay: CalendarDay { CalendarDay(epochDay: number) }
}
