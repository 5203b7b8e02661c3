import Answers
import AttendanceCore

// What each object of the Data API (data-v3.1 swagger) is read for. Nothing else of it is kept: no name, no address.

extension CleverDistrict: RosterElement {
    init?(_ fields: Fields) {
        guard let id = fields.text("id") else { return nil }
        var lastAttendanceSync: Timestamp?
        if !fields.isVoid("last_attendance_sync") {
            // To take one that can't be read for "never" would skip or repeat scans without a word.
            guard let text = fields.text("last_attendance_sync"), let time = Timestamp(text) else { return nil }
            lastAttendanceSync = time
        }
        self.init(
            id: id, lastAttendanceSync: lastAttendanceSync, state: fields.text("state") ?? "",
            pauseStart: fields.text("pause_start").flatMap { Timestamp($0) },
            pauseEnd: fields.text("pause_end").flatMap { Timestamp($0) })
    }
}

extension CleverSchool: RosterElement {
    init?(_ fields: Fields) {
        guard let id = fields.text("id") else { return nil }
        self.init(id: id, sisID: fields.text("sis_id"))
    }
}

extension CleverSection: RosterElement {
    init?(_ fields: Fields) {
        guard let id = fields.text("id"), let school = fields.text("school") else { return nil }
        self.init(
            id: id, school: school, sisID: fields.text("sis_id"), sectionNumber: fields.text("section_number"),
            period: fields.text("period"), subject: fields.text("subject"), termID: fields.text("term_id"),
            students: IDList.read(fields, "students"))
    }
}

extension CleverStudent: RosterElement {
    init?(_ fields: Fields) {
        guard let id = fields.text("id") else { return nil }
        guard let student = fields.object("roles")?.object("student") else {
            self.init(id: id)
            return
        }
        let primary = student.text("school")
        let schools = IDList.read(student, "schools")
        self.init(
            id: id, sisID: student.text("sis_id"), studentNumber: student.text("student_number"),
            stateID: student.text("state_id"),
            schools: (primary.map { [$0] } ?? []) + schools.filter { $0 != primary })
    }
}
