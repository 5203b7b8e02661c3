/// Makes a district from its plan.
struct DistrictBuilder {
    private var district: District
    private var random: SplitMix64
    private let isRealistic: Bool

    private static let subjects = [
        "math", "english/language arts", "science", "social studies", "language", "PE and health", "arts and music",
        "technology and engineering",
    ]
    private static let elementaryPerSchool = 450
    private static let secondaryPerSchool = 900
    private static let classSize = 28

    static func build(_ plan: DistrictPlan) -> District {
        var builder = DistrictBuilder(plan)
        builder.addSchools()
        builder.addCounterparts()
        return builder.district
    }

    private init(_ plan: DistrictPlan) {
        district = District(plan: plan)
        random = SplitMix64(seed: plan.seed)
        isRealistic = plan.oddities == .realistic
    }

    // MARK: Clever's side

    private mutating func addSchools() {
        let plan = district.plan
        var elementary = plan.students * plan.elementaryPercent / 100
        var secondary = plan.students - elementary
        while elementary > 0 {
            let size = Self.share(of: elementary, aiming: Self.elementaryPerSchool)
            addSchool(.elementary, size: size)
            elementary -= size
        }
        while secondary > 0 {
            let size = Self.share(of: secondary, aiming: Self.secondaryPerSchool)
            addSchool(.secondary, size: size)
            secondary -= size
        }
    }

    /// The next school's size: as many schools as the aim asks for, of about the same size.
    private static func share(of remaining: Int, aiming size: Int) -> Int {
        remaining / max(1, (remaining + size / 2) / size)
    }

    private mutating func addSchool(_ level: CleverSchool.Level, size: Int) {
        let index = district.schools.count
        let name = "\(Names.last(index * 5 + 2)) \(level == .elementary ? "Elementary" : "High") School"
        district.schools.append(CleverSchool(level: level, name: name, number: String(101 + index)))
        let first = district.students.count
        for position in 0..<size {
            let student = first + position
            district.students.append(
                CleverStudent(
                    school: Int32(index), sisID: "S\(100_000 + student)", number: String(9_000_000 + student * 3),
                    stateID: "IL\(30_000_000 + student)", sections: []))
        }
        district.schools[index].students = (first..<first + size).map(Int32.init)
        switch level {
        case .elementary: addElementarySections(school: index, first: first, size: size)
        case .secondary: addSecondarySections(school: index, first: first, size: size)
        }
    }

    private mutating func addElementarySections(school: Int, first: Int, size: Int) {
        for start in stride(from: 0, to: size, by: Self.classSize) {
            let members = (first + start..<first + min(size, start + Self.classSize)).map(Int32.init)
            addSection(school: school, period: "1", subject: "homeroom/advisory", title: "Homeroom", term: 0, members)
            addSection(school: school, period: "2", subject: "arts and music", title: "Music", term: 0, members)
            addSection(school: school, period: "3", subject: "PE and health", title: "PE", term: 0, members)
        }
    }

    private mutating func addSecondarySections(school: Int, first: Int, size: Int) {
        for period in 0..<district.plan.sectionsPerStudent {
            let order = (first..<first + size).map(Int32.init).shuffled(using: &random)
            let subject = Self.subjects[period % Self.subjects.count]
            for start in stride(from: 0, to: size, by: Self.classSize) {
                let members = order[start..<min(size, start + Self.classSize)].sorted()
                addSection(
                    school: school, period: String(period + 1), subject: subject,
                    title: "\(subject.prefix(1).uppercased())\(subject.dropFirst()) \(9 + start / Self.classSize % 4)",
                    term: 1, members)
            }
        }
    }

    private mutating func addSection(
        school: Int, period: String, subject: String, title: String, term: Int32, _ members: [Int32]
    ) {
        let index = district.sections.count
        district.sections.append(
            CleverSection(
                school: Int32(school), sisID: "\(district.schools[school].number)-\(period)-\(1000 + index)",
                name: "\(title) (\(period))", period: period, subject: subject, term: term,
                teacher: Int32(district.teacherCount), students: members))
        district.teacherCount += 1
        district.schools[school].sections.append(Int32(index))
        for student in members { district.students[Int(student)].sections.append(Int32(index)) }
    }

    // MARK: Schoology's side

    private mutating func addCounterparts() {
        for index in district.students.indices { addUser(student: index) }
        for index in district.sections.indices { addSection(counterpartOf: index) }
        if isRealistic { addStrangers() }
    }

    /// True for every `period`-th index, from a fixed one on: rare in a large district, present in a small one.
    private func isOdd(_ index: Int, every period: Int, from offset: Int) -> Bool {
        isRealistic && index % period == offset
    }

    private mutating func addUser(student index: Int) {
        if isOdd(index, every: 401, from: 31) { district.students[index].sharing = .unshared }
        if isOdd(index, every: 211, from: 17) { return }  // in Clever only
        let student = district.students[index]
        var schoolUID = student.sisID
        if isOdd(index, every: 9, from: 5) { schoolUID = student.number }  // loaded by its other number
        if isOdd(index, every: 223, from: 23) { schoolUID = "" }
        district.students[index].user = district.add(
            SchoologyUser(schoolUID: schoolUID, student: Int32(index), isTeacher: false))
        if isOdd(index, every: 307, from: 29) {
            // A second account with the same id, in the same sections.
            _ = district.add(SchoologyUser(schoolUID: schoolUID, student: Int32(index), isTeacher: false))
        }
    }

    private mutating func addSection(counterpartOf index: Int) {
        let section = district.sections[index]
        if isOdd(index, every: 89, from: 7) { return }  // in Clever only
        let course = Int32(district.courses.count)
        district.courses.append(section.name)
        let counterpart = district.add(
            SchoologySection(
                title: "Section \(section.period)", sectionCode: "\(section.sisID)-S", schoolCode: section.sisID,
                course: course))
        district.sections[index].counterpart = counterpart
        if isOdd(index, every: 151, from: 11) {
            _ = district.add(
                SchoologySection(
                    title: "Section \(section.period) (copy)", sectionCode: "\(section.sisID)-C",
                    schoolCode: section.sisID, course: course))
        }
        let teacher = district.add(
            SchoologyUser(schoolUID: "T\(7000 + section.teacher)", student: -1, isTeacher: true))
        district.enroll(user: teacher, in: counterpart, isTeacher: true)
        for (position, student) in section.students.enumerated() {
            enroll(student: Int(student), in: counterpart, section: index, position: position)
        }
    }

    private mutating func enroll(student: Int, in counterpart: Int32, section: Int, position: Int) {
        let user = district.students[student].user
        guard user >= 0 else { return }
        var status: UInt8 = 1
        if isOdd(section + position, every: 127, from: 41) { status = 5 }
        if isOdd(section + position, every: 131, from: 43) { status = 2 }
        district.enroll(user: user, in: counterpart, status: status)
        let isTwin = Int(user) + 1 < district.users.count && district.users[Int(user) + 1].student == Int32(student)
        if isTwin { district.enroll(user: user + 1, in: counterpart) }
    }

    /// People and sections that only Schoology knows.
    private mutating func addStrangers() {
        let sections = max(1, district.sections.count / 100)
        for number in 0..<sections {
            let course = Int32(district.courses.count)
            district.courses.append("After-school club \(number + 1)")
            let section = district.add(
                SchoologySection(
                    title: "Club", sectionCode: "CLUB-\(number + 1)",
                    schoolCode: number % 2 == 0 ? "" : "CLUB-\(number)", course: course, isCurrent: number % 3 != 2))
            for member in 0..<6 {
                let user = district.add(
                    SchoologyUser(schoolUID: "X\(500_000 + number * 10 + member)", student: -1, isTeacher: false))
                district.enroll(user: user, in: section)
                if member == 0, let first = district.sections.first(where: { $0.counterpart >= 0 }) {
                    district.enroll(user: user, in: first.counterpart)
                }
            }
        }
    }
}
