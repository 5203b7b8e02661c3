/// The Data API's objects: which are shared, and how each is written.
enum CleverEntities {
    /// The ids that a list endpoint serves, ascending.
    static func listed(_ kind: String, role: String?, in district: District) -> [CleverID] {
        switch kind {
        case "districts":
            return [CleverID(.district, 0)]
        case "schools":
            return district.schools.indices.filter { district.schools[$0].isShared }.map { CleverID(.school, $0) }
        case "sections":
            return district.sections.indices.filter { district.sections[$0].isShared }.map { CleverID(.section, $0) }
        case "terms":
            return district.terms.indices.map { CleverID(.term, $0) }
        case "users":
            var users: [CleverID] = []
            if role == nil || role == "student" {
                users += district.students.indices.filter { district.students[$0].sharing == .shared }
                    .map { CleverID(.student, $0) }
            }
            if role == nil || role == "teacher" {
                users += (0..<district.teacherCount).map { CleverID(.teacher, $0) }
            }
            return users
        default:
            return []
        }
    }

    static func isShared(_ id: CleverID, as kind: String, in district: District) -> Bool {
        guard district.index(id.kind, id.text(salt: district.salt)) != nil else { return false }
        switch (kind, id.kind) {
        case ("districts", .district), ("terms", .term), ("users", .teacher): return true
        case ("schools", .school): return district.schools[id.index].isShared
        case ("sections", .section): return district.sections[id.index].isShared
        case ("users", .student): return district.students[id.index].sharing == .shared
        default: return false
        }
    }

    static func write(_ id: CleverID, world: World, to json: inout JSONWriter) {
        let district = world.district
        switch id.kind {
        case .district: writeDistrict(world, to: &json)
        case .school: writeSchool(id.index, district, to: &json)
        case .term: writeTerm(id.index, district, to: &json)
        case .student: writeStudent(id.index, district, to: &json)
        case .teacher: writeTeacher(id.index, district, to: &json)
        case .section: writeSection(id.index, district, to: &json)
        case .course: break
        }
    }

    private static func writeDistrict(_ world: World, to json: inout JSONWriter) {
        json.string("error", "")
        json.string("id", world.district.text(.district, 0))
        json.string("last_attendance_sync", orNull: world.clever.attendance.lastSync?.description)
        json.string("last_sync", "\(world.district.plan.today)T05:10:00.000Z")
        json.string("launch_date", "2024-08-01")
        json.string("lms_state", "success")
        json.string("lms_type", "schoology")
        json.array("login_methods", ["clever"]) { $0.string($1) }
        json.string("mdr_number", orNull: nil)
        json.string("name", world.district.name)
        json.string("nces_id", "1700001")
        json.string("pause_end", orNull: nil)
        json.string("pause_start", orNull: nil)
        json.string("portal_url", "https://clever.com/in/springfield-sandbox")
        json.string("sis_type", "powerschool")
        json.string("state", orNull: world.clever.districtState)
    }

    private static func writeSchool(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let school = district.schools[index]
        json.string("created", "2024-08-01T12:00:00.000Z")
        json.string("district", district.text(.district, 0))
        json.string("high_grade", school.level == .elementary ? "5" : "12")
        json.string("id", district.text(.school, index))
        json.string("last_modified", "2024-08-01T12:00:00.000Z")
        json.string("low_grade", school.level == .elementary ? "Kindergarten" : "9")
        json.string("name", school.name)
        json.string("school_number", school.number)
        json.string("sis_id", school.number)
    }

    private static func writeTerm(_ index: Int, _ district: District, to json: inout JSONWriter) {
        json.string("district", district.text(.district, 0))
        let today = district.plan.today.civil
        let year = today.month >= 7 ? today.year : today.year - 1
        json.string("end_date", "\(index == 1 ? year : year + 1)-\(index == 1 ? "12-20" : "06-12")T00:00:00.000Z")
        json.string("id", district.text(.term, index))
        json.string("name", district.terms[index])
        json.string("start_date", "\(index == 2 ? year + 1 : year)-\(index == 2 ? "01-06" : "08-15")T00:00:00.000Z")
    }

    private static func writeStudent(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let student = district.students[index]
        let school = district.text(.school, Int(student.school))
        json.string("created", "2024-08-01T12:00:00.000Z")
        json.string("district", district.text(.district, 0))
        json.string("email", "\(student.sisID.lowercased())@students.springfield.example")
        json.string("id", district.text(.student, index))
        json.string("last_modified", "2024-08-01T12:00:00.000Z")
        json.object("name") {
            $0.string("first", Names.first(index))
            $0.string("last", Names.last(index))
            $0.string("middle", "")
        }
        json.object("roles") {
            $0.object("student") {
                $0.string("grade", String(district.schools[Int(student.school)].level == .elementary ? 3 : 10))
                $0.string("school", school)
                $0.array("schools", [school]) { $0.string($1) }
                $0.string("sis_id", student.sisID)
                $0.string("state_id", student.stateID)
                $0.string("student_number", student.number)
            }
        }
    }

    private static func writeTeacher(_ index: Int, _ district: District, to json: inout JSONWriter) {
        json.string("created", "2024-08-01T12:00:00.000Z")
        json.string("district", district.text(.district, 0))
        json.string("email", "t\(7000 + index)@springfield.example")
        json.string("id", district.text(.teacher, index))
        json.string("last_modified", "2024-08-01T12:00:00.000Z")
        json.object("name") {
            $0.string("first", Names.first(index + 5))
            $0.string("last", Names.last(index + 9))
            $0.string("middle", "")
        }
        json.object("roles") { $0.object("teacher") { $0.string("sis_id", "T\(7000 + index)") } }
    }

    private static func writeSection(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let section = district.sections[index]
        json.string("course", district.text(.course, index))
        json.string("created", "2024-08-01T12:00:00.000Z")
        json.string("district", district.text(.district, 0))
        json.string("grade", "")
        json.string("id", district.text(.section, index))
        json.string("last_modified", "2024-08-01T12:00:00.000Z")
        json.string("name", section.name)
        json.string("period", orNull: section.period)
        json.string("school", district.text(.school, Int(section.school)))
        json.string("section_number", String(index + 1))
        json.string("sis_id", section.sisID)
        json.array("students", section.students) { $0.string(district.text(.student, Int($1))) }
        json.string("subject", section.subject)
        json.string("teacher", district.text(.teacher, Int(section.teacher)))
        json.array("teachers", [section.teacher]) { $0.string(district.text(.teacher, Int($1))) }
        json.string("term_id", district.text(.term, Int(section.term)))
    }
}
