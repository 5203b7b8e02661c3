/// Schoology's side: what teachers and administrators would do.
extension LocalSandbox {
    // MARK: Marks

    /// A teacher sets a mark by hand: 1 present, 2 absent, 3 late, 4 excused. A subscriber is sent a trigger.
    public func setSchoologyMark(enrollment: String, date: CalendarDay, status: Int, comment: String = "") throws {
        let now = core.now
        try core.withWorld { world throws(SandboxError) in
            world.teacherWrites(
                enrollment: try world.enrollmentIndex(enrollment), day: date, status: UInt8(status), comment: comment,
                now: now)
        }
    }

    /// A teacher takes a mark back: the row goes, which means present. A subscriber is sent a trigger.
    public func clearSchoologyMark(enrollment: String, date: CalendarDay) throws {
        let now = core.now
        try core.withWorld { world throws(SandboxError) in
            world.teacherClears(enrollment: try world.enrollmentIndex(enrollment), day: date, now: now)
        }
    }

    /// Nil: there is no row, which means present.
    public func schoologyMark(enrollment: String, date: CalendarDay) throws -> SchoologyRecord? {
        try core.withWorld { world throws(SandboxError) in
            let index = Int32(try world.enrollmentIndex(enrollment))
            return world.schoology.mark(index, date).map { world.record(index, date, $0) }
        }
    }

    /// Every row, by section, enrollment and date.
    public func schoologyMarks(includingPresent: Bool = false) -> [SchoologyRecord] {
        core.withWorld { $0.schoologyRecords(includingPresent: includingPresent) }
    }

    /// What both sides say of everyone whom they both know without a doubt, by date, section and student.
    public func marksByKey(
        from: CalendarDay, to: CalendarDay, includingPresent: Bool = false
    ) -> [SandboxMarks] {
        core.withWorld { $0.marksByKey(from: from, to: to, includingPresent: includingPresent) }
    }

    // MARK: Roster

    /// The enrollment that a Clever student's marks in a Clever section belong to; nil where the sides don't
    /// match without a doubt (missing, ambiguous, inactive).
    public func counterpart(student: String, section: String) throws -> SandboxPair? {
        try core.withWorld { world throws(SandboxError) in
            let student = try world.cleverIndex(.student, student)
            return world.pair(student: student, section: try world.cleverIndex(.section, section))
        }
    }

    /// Every student and section that match without a doubt.
    public func pairs(limit: Int = .max) -> [SandboxPair] {
        core.withWorld { world in
            var result: [SandboxPair] = []
            for section in world.district.sections.indices {
                for student in world.district.sections[section].students {
                    guard result.count < limit else { return result }
                    if let pair = world.pair(student: Int(student), section: section) { result.append(pair) }
                }
            }
            return result
        }
    }

    /// True: the section uses the PowerSchool app, and its attendance is answered 410.
    public func setSectionGone(_ isGone: Bool, section: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.schoologySections[try world.schoologySectionIndex(section)].isGone = isGone
        }
    }

    /// A deleted section is answered 404.
    public func setSectionDeleted(_ isDeleted: Bool, section: String) throws {
        try core.withWorld { world throws(SandboxError) in
            let index = try world.schoologySectionIndex(section)
            world.district.schoologySections[index].isDeleted = isDeleted
        }
    }

    public func setSectionSchoolCode(_ code: String, section: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.setSchoolCode(code, ofSection: Int32(try world.schoologySectionIndex(section)))
        }
    }

    /// 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived.
    public func setEnrollmentStatus(_ status: Int, enrollment: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.enrollments[try world.enrollmentIndex(enrollment)].status = UInt8(status)
        }
    }

    /// A deleted enrollment is listed no longer; an item for it is answered 404.
    public func setEnrollmentDeleted(_ isDeleted: Bool, enrollment: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.enrollments[try world.enrollmentIndex(enrollment)].isDeleted = isDeleted
        }
    }

    /// Deletes an enrollment, with its marks, and enrolls the same person again. Returns the new enrollment's id.
    public func enrollAnew(_ enrollment: String) throws -> String {
        try core.withWorld { world throws(SandboxError) in
            let index = try world.enrollmentIndex(enrollment)
            let old = world.district.enrollments[index]
            world.district.enrollments[index].isDeleted = true
            return String(SchoologyID.firstEnrollment + Int(world.district.enroll(user: old.user, in: old.section)))
        }
    }

    /// Enrolls whom an enrollment belongs to in another section too. Returns the new enrollment's id.
    public func enroll(sameAs enrollment: String, section: String) throws -> String {
        try core.withWorld { world throws(SandboxError) in
            let user = world.district.enrollments[try world.enrollmentIndex(enrollment)].user
            let section = Int32(try world.schoologySectionIndex(section))
            return String(SchoologyID.firstEnrollment + Int(world.district.enroll(user: user, in: section)))
        }
    }

    /// A new, empty section. Returns its id.
    public func addSchoologySection(schoolCode: String, sectionCode: String = "") -> String {
        core.withWorld { world in
            world.district.courses.append("Course of \(schoolCode)")
            let section = SchoologySection(
                title: "Section", sectionCode: sectionCode, schoolCode: schoolCode,
                course: Int32(world.district.courses.count - 1))
            return String(SchoologyID.firstSection + Int(world.district.add(section)))
        }
    }

    /// A new account, enrolled in those sections. Returns the enrollments' ids, in their order.
    public func addSchoologyUser(schoolUID: String, sections: [String]) throws -> [String] {
        try core.withWorld { world throws(SandboxError) in
            var indexes: [Int32] = []
            for section in sections { indexes.append(Int32(try world.schoologySectionIndex(section))) }
            let user = world.district.add(SchoologyUser(schoolUID: schoolUID, student: -1, isTeacher: false))
            return indexes.map { String(SchoologyID.firstEnrollment + Int(world.district.enroll(user: user, in: $0))) }
        }
    }

    /// Changes the `school_uid` of whom an enrollment belongs to.
    public func setSchoolUID(_ schoolUID: String, enrollment: String) throws {
        try core.withWorld { world throws(SandboxError) in
            let index = try world.enrollmentIndex(enrollment)
            world.district.setSchoolUID(schoolUID, ofUser: world.district.enrollments[index].user)
        }
    }

    /// Every signature is refused with 401, or no longer.
    public func setSchoologyKeyRevoked(_ isRevoked: Bool) {
        core.withWorld { $0.schoology.oauth.isRevoked = isRevoked }
    }
}
