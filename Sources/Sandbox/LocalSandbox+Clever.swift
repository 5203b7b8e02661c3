/// Clever's side: what the SIS and the district's administrators would do.
extension LocalSandbox {
    // MARK: Who there is

    public var districtID: String { core.withWorld { $0.district.text(.district, 0) } }

    public var schoolIDs: [String] {
        core.withWorld { world in world.district.schools.indices.map { world.district.text(.school, $0) } }
    }

    public var studentIDs: [String] {
        core.withWorld { world in world.district.students.indices.map { world.district.text(.student, $0) } }
    }

    public var sectionIDs: [String] {
        core.withWorld { world in world.district.sections.indices.map { world.district.text(.section, $0) } }
    }

    /// A section of the subject `homeroom/advisory`.
    public func isHomeroom(section: String) -> Bool {
        core.withWorld { world in
            world.district.index(.section, section).map { world.district.sections[$0].subject == "homeroom/advisory" }
                ?? false
        }
    }

    public func isSameSchool(_ section: String, _ other: String) -> Bool {
        core.withWorld { world in
            guard let one = world.district.index(.section, section), let two = world.district.index(.section, other)
            else { return false }
            return world.district.sections[one].school == world.district.sections[two].school
        }
    }

    // MARK: Attendance

    public func cleverRecord(student: String, section: String?, date: CalendarDay) throws -> CleverRecord? {
        try core.withWorld { try $0.cleverRecord(student: student, section: section, date: date) }
    }

    /// Every record of those days, in Clever's order within each school; of a large district, ask for few days.
    public func cleverRecords(from: CalendarDay, to: CalendarDay, includingPresent: Bool = false) -> [CleverRecord] {
        core.withWorld { $0.cleverRecords(from: from, to: to, includingPresent: includingPresent) }
    }

    /// The office sets or corrects a record, which moves its `last_modified`. `section` nil: the daily record.
    /// `sisID` nil: the record keeps its own; empty: it has none.
    ///
    /// Nobody is told: finish a sync for that.
    public func setCleverRecord(
        student: String, section: String?, date: CalendarDay, status: String, excuseCode: String? = nil,
        sisID: String? = nil
    ) throws {
        let now = core.now
        try core.withWorld { world throws(SandboxError) in
            try world.setCleverRecord(
                student: student, section: section, date: date, status: status, excuseCode: excuseCode, sisID: sisID,
                now: now)
        }
    }

    /// Clever stops serving the record, which means nothing.
    public func removeCleverRecord(student: String, section: String?, date: CalendarDay) throws {
        try core.withWorld { world throws(SandboxError) in
            try world.removeCleverRecord(student: student, section: section, date: date)
        }
    }

    /// Moves `last_attendance_sync` to now, at least one millisecond on, and returns it.
    @discardableResult
    public func finishAttendanceSync() -> Instant {
        let now = core.now
        return core.withWorld { $0.finishAttendanceSync(now: now) }
    }

    public var lastAttendanceSync: Instant? {
        core.withWorld { $0.clever.attendance.lastSync }
    }

    /// As for a district that never had an attendance sync.
    public func forgetAttendanceSyncs() {
        core.withWorld { $0.clever.attendance.lastSync = nil }
    }

    /// The school's day moves on; the new day has records at once.
    public func setToday(_ day: CalendarDay) {
        let now = core.now
        core.withWorld { $0.clever.attendance.setToday(day, now: now) }
    }

    // MARK: District and roster

    /// `state`: `running pending error paused "" success`.
    public func setDistrictState(_ state: String) {
        core.withWorld { $0.clever.districtState = state }
    }

    /// An unshared student has no records, and asking for them is answered 404; sections still list the id.
    public func setStudentShared(_ isShared: Bool, student: String) throws {
        try core.withWorld { world throws(SandboxError) in
            let index = try world.cleverIndex(.student, student)
            world.district.students[index].sharing = isShared ? .shared : .unshared
            world.clever.attendance.rosterChanged()
        }
    }

    public func setSectionShared(_ isShared: Bool, section: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.sections[try world.cleverIndex(.section, section)].isShared = isShared
        }
    }

    public func setSchoolShared(_ isShared: Bool, school: String) throws {
        try core.withWorld { world throws(SandboxError) in
            world.district.schools[try world.cleverIndex(.school, school)].isShared = isShared
        }
    }

    /// A new student in those sections of one school, on Clever's side only. Returns the Clever id.
    public func addStudent(sisID: String, studentNumber: String = "", sections: [String]) throws -> String {
        try core.withWorld { world throws(SandboxError) in
            try world.addStudent(sisID: sisID, number: studentNumber, sections: sections)
        }
    }

    /// A new, empty section of a school, on Clever's side only. Returns the Clever id.
    public func addSection(sisID: String, period: String, subject: String = "other", school: String) throws -> String {
        try core.withWorld { world throws(SandboxError) in
            let school = try world.cleverIndex(.school, school)
            let index = world.district.sections.count
            world.district.sections.append(
                CleverSection(
                    school: Int32(school), sisID: sisID, name: "Section \(sisID)", period: period, subject: subject,
                    term: 0, teacher: 0, students: []))
            world.district.schools[school].sections.append(Int32(index))
            return world.district.text(.section, index)
        }
    }

    /// Puts a student into a section, or takes them out.
    public func setEnrolled(_ isEnrolled: Bool, student: String, section: String) throws {
        try core.withWorld { world throws(SandboxError) in
            let student = try world.cleverIndex(.student, student)
            let section = try world.cleverIndex(.section, section)
            world.setEnrolled(isEnrolled, student: Int32(student), section: Int32(section))
        }
    }

    /// Every request is answered 401, or no longer.
    public func setCleverTokenRevoked(_ isRevoked: Bool) {
        core.withWorld { $0.clever.isRevoked = isRevoked }
    }

    /// Moves a server's clock, for `Date` and for the check of timestamps.
    public func setClockSkew(seconds: Double, of side: SandboxSide) {
        core.withWorld { world in
            switch side {
            case .clever: world.clever.skewMilliseconds = Int64(seconds * 1000)
            case .schoology: world.schoology.skewMilliseconds = Int64(seconds * 1000)
            }
        }
    }
}
