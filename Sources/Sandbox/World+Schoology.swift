/// What can be asked of Schoology's side.
extension World {
    func enrollmentIndex(_ id: String) throws(SandboxError) -> Int {
        guard
            let index = SchoologyID.index(id, from: SchoologyID.firstEnrollment, count: district.enrollments.count)
        else { throw .unknown("Schoology enrollment", id: id) }
        return index
    }

    func schoologySectionIndex(_ id: String) throws(SandboxError) -> Int {
        guard
            let index = SchoologyID.index(
                id, from: SchoologyID.firstSection, count: district.schoologySections.count)
        else { throw .unknown("Schoology section", id: id) }
        return index
    }

    func record(_ enrollment: Int32, _ day: CalendarDay, _ mark: SchoologyMark) -> SchoologyRecord {
        SchoologyRecord(
            section: String(SchoologyID.firstSection + Int(district.enrollments[Int(enrollment)].section)),
            enrollment: String(SchoologyID.firstEnrollment + Int(enrollment)), date: day, status: Int(mark.status),
            comment: mark.comment, writes: mark.writes)
    }

    func schoologyRecords(includingPresent: Bool) -> [SchoologyRecord] {
        schoology.marks.filter { includingPresent || $0.value.status != 1 }
            .map { record($0.key.enrollment, $0.key.day, $0.value) }
            .sorted { ($0.section, $0.enrollment, $0.date) < ($1.section, $1.enrollment, $1.date) }
    }

    func pair(student: Int, section: Int) -> SandboxPair? {
        guard let enrollment = district.counterpart(student: student, section: section) else { return nil }
        return SandboxPair(
            cleverStudent: district.text(.student, student), cleverSection: district.text(.section, section),
            schoologySection: String(SchoologyID.firstSection + Int(district.enrollments[enrollment].section)),
            enrollment: String(SchoologyID.firstEnrollment + enrollment))
    }
}
