/// What can be done to Clever's side.
extension World {
    func cleverIndex(_ kind: CleverID.Kind, _ id: String) throws(SandboxError) -> Int {
        guard let index = district.index(kind, id) else { throw .unknown("Clever \(kind)", id: id) }
        return index
    }

    func cleverRecord(student: String, section: String?, date: CalendarDay) throws(SandboxError) -> CleverRecord? {
        let index = try cleverIndex(.student, student)
        var inSection: Int32 = -1
        if let section { inSection = Int32(try cleverIndex(.section, section)) }
        return record(of: Int32(index), section: inSection, on: date)
    }

    func cleverRecords(from: CalendarDay, to: CalendarDay, includingPresent: Bool) -> [CleverRecord] {
        var result: [CleverRecord] = []
        guard from <= to else { return result }
        for epochDay in from.epochDay...to.epochDay {
            let day = CalendarDay(epochDay: epochDay)
            for student in district.students.indices {
                for (section, mark) in clever.attendance.records(of: Int32(student), in: district, on: day)
                where includingPresent || mark.status != "present" {
                    result.append(record(Int32(student), section, day, mark))
                }
            }
        }
        return result
    }

    func record(of student: Int32, section: Int32, on day: CalendarDay) -> CleverRecord? {
        clever.attendance.mark(student: student, section: section, day: day, in: district)
            .map { record(student, section, day, $0) }
    }

    private func record(_ student: Int32, _ section: Int32, _ day: CalendarDay, _ mark: CleverMark) -> CleverRecord {
        CleverRecord(
            student: district.text(.student, Int(student)),
            section: section < 0 ? nil : district.text(.section, Int(section)),
            school: district.text(.school, Int(district.students[Int(student)].school)), date: day,
            status: mark.status, excuseCode: mark.excuseCode, created: mark.created, lastModified: mark.lastModified,
            sisID: mark.sisID)
    }

    mutating func setCleverRecord(
        student: String, section: String?, date: CalendarDay, status: String, excuseCode: String?, sisID: String? = nil,
        now: Instant
    ) throws(SandboxError) {
        let index = Int32(try cleverIndex(.student, student))
        var inSection: Int32 = -1
        if let section { inSection = Int32(try cleverIndex(.section, section)) }
        let old = clever.attendance.mark(student: index, section: inSection, day: date, in: district)
        var modified = now
        if let old, old.lastModified >= now { modified = old.lastModified.adding(milliseconds: 1) }
        let mark = CleverMark(
            status: status, excuseCode: excuseCode, created: old?.created ?? modified, lastModified: modified,
            sisID: sisID.map { $0.isEmpty ? nil : $0 } ?? old?.sisID)
        clever.attendance.change(student: index, section: inSection, day: date, to: .set(mark))
    }

    mutating func removeCleverRecord(student: String, section: String?, date: CalendarDay) throws(SandboxError) {
        let index = Int32(try cleverIndex(.student, student))
        var inSection: Int32 = -1
        if let section { inSection = Int32(try cleverIndex(.section, section)) }
        clever.attendance.change(student: index, section: inSection, day: date, to: .vanished)
    }

    func sisIDs(student: String, section: String?) throws(SandboxError) -> SandboxSISIDs {
        let index = try cleverIndex(.student, student)
        var sectionID: String?
        if let section { sectionID = district.sections[try cleverIndex(.section, section)].sisID }
        let school = district.schools[Int(district.students[index].school)]
        return SandboxSISIDs(student: district.students[index].sisID, school: school.number, section: sectionID)
    }

    mutating func finishAttendanceSync(now: Instant) -> Instant {
        var moved = now
        if let last = clever.attendance.lastSync, last >= now { moved = last.adding(milliseconds: 1) }
        clever.attendance.lastSync = moved
        return moved
    }

    mutating func addStudent(sisID: String, number: String, sections: [String]) throws(SandboxError) -> String {
        var indexes: [Int32] = []
        for section in sections { indexes.append(Int32(try cleverIndex(.section, section))) }
        let school = indexes.first.map { district.sections[Int($0)].school } ?? 0
        let index = district.students.count
        district.students.append(
            CleverStudent(
                school: school, sisID: sisID, number: number, stateID: "IL\(30_000_000 + index)", sections: []))
        district.schools[Int(school)].students.append(Int32(index))
        for section in indexes { setEnrolled(true, student: Int32(index), section: section) }
        clever.attendance.rosterChanged()
        return district.text(.student, index)
    }

    mutating func setEnrolled(_ isEnrolled: Bool, student: Int32, section: Int32) {
        district.students[Int(student)].sections.removeAll { $0 == section }
        district.sections[Int(section)].students.removeAll { $0 == student }
        if isEnrolled {
            district.students[Int(student)].sections.append(section)
            district.students[Int(student)].sections.sort()
            district.sections[Int(section)].students.append(student)
            district.sections[Int(section)].students.sort()
        }
        clever.attendance.rosterChanged()
    }
}
