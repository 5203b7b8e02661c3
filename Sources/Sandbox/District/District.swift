/// Who and what there is on both sides: the roster.
struct District: Sendable {
    let plan: DistrictPlan
    /// Makes this seed's Clever ids differ from another's.
    let salt: UInt32
    let name = "Springfield Unified (sandbox)"
    let terms = ["Full Year", "Semester 1", "Semester 2"]

    var schools: [CleverSchool] = []
    var students: [CleverStudent] = []
    var sections: [CleverSection] = []
    var teacherCount = 0

    var users: [SchoologyUser] = []
    var courses: [String] = []
    var schoologySections: [SchoologySection] = []
    var enrollments: [SchoologyEnrollment] = []
    /// Schoology section indexes by `section_school_code`.
    private(set) var sectionsByCode: [String: [Int32]] = [:]
    /// Schoology user indexes by `school_uid`.
    private(set) var usersBySchoolUID: [String: [Int32]] = [:]

    init(plan: DistrictPlan) {
        self.plan = plan
        salt = UInt32(truncatingIfNeeded: SplitMix64.mix(plan.seed &+ 0x5EED))
    }

    func text(_ kind: CleverID.Kind, _ index: Int) -> String {
        CleverID(kind, index).text(salt: salt)
    }

    /// The index behind a Clever id of that kind, if there is one.
    func index(_ kind: CleverID.Kind, _ text: String) -> Int? {
        guard let id = CleverID(text, salt: salt), id.kind == kind else { return nil }
        let count =
            switch kind {
            case .district: 1
            case .school: schools.count
            case .term: terms.count
            case .student: students.count
            case .teacher: teacherCount
            case .section: sections.count
            case .course: sections.count
            }
        return id.index < count ? id.index : nil
    }

    mutating func add(_ section: SchoologySection) -> Int32 {
        let index = Int32(schoologySections.count)
        schoologySections.append(section)
        if !section.schoolCode.isEmpty { sectionsByCode[section.schoolCode, default: []].append(index) }
        return index
    }

    mutating func add(_ user: SchoologyUser) -> Int32 {
        let index = Int32(users.count)
        users.append(user)
        if !user.schoolUID.isEmpty { usersBySchoolUID[user.schoolUID, default: []].append(index) }
        return index
    }

    @discardableResult
    mutating func enroll(user: Int32, in section: Int32, isTeacher: Bool = false, status: UInt8 = 1) -> Int32 {
        let index = Int32(enrollments.count)
        enrollments.append(
            SchoologyEnrollment(user: user, section: section, isTeacher: isTeacher, status: status))
        schoologySections[Int(section)].enrollments.append(index)
        return index
    }

    mutating func setSchoolUID(_ schoolUID: String, ofUser user: Int32) {
        usersBySchoolUID[users[Int(user)].schoolUID]?.removeAll { $0 == user }
        users[Int(user)].schoolUID = schoolUID
        if !schoolUID.isEmpty { usersBySchoolUID[schoolUID, default: []].append(user) }
    }

    mutating func setSchoolCode(_ code: String, ofSection section: Int32) {
        sectionsByCode[schoologySections[Int(section)].schoolCode]?.removeAll { $0 == section }
        schoologySections[Int(section)].schoolCode = code
        if !code.isEmpty { sectionsByCode[code, default: []].append(section) }
    }

    /// The one active enrollment that a Clever student's mark in a Clever section belongs to, by the rules
    /// `sis_id=section_school_code` and `sis_id=school_uid`, then `student_number=school_uid`; nil where a
    /// careful reader would refuse: none, more than one, or inactive.
    func counterpart(student: Int, section: Int) -> Int? {
        guard let target = onlySection(code: sections[section].sisID), students[student].sharing == .shared,
            let user = onlyUser(ofStudent: student)
        else { return nil }
        let found = schoologySections[Int(target)].enrollments.filter { index in
            let enrollment = enrollments[Int(index)]
            return enrollment.user == user && !enrollment.isDeleted && !enrollment.isTeacher && enrollment.status == 1
        }
        return found.count == 1 ? Int(found[0]) : nil
    }

    private func onlySection(code: String) -> Int32? {
        let found = (sectionsByCode[code] ?? []).filter { !schoologySections[Int($0)].isDeleted }
        return found.count == 1 ? found[0] : nil
    }

    private func onlyUser(ofStudent student: Int) -> Int32? {
        for key in [students[student].sisID, students[student].number] {
            let found = usersBySchoolUID[key] ?? []
            if found.count == 1 { return found[0] }
            if found.count > 1 { return nil }
        }
        return nil
    }
}
