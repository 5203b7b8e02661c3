/// Schoology tells its subscriber of marks that were set.
extension World {
    /// A mark as a trigger's `data` has it.
    struct Announcement: Sendable {
        let enrollment: Int32
        let day: CalendarDay
        let status: UInt8
        let comment: String
    }

    /// A teacher sets a mark by hand.
    mutating func teacherWrites(
        enrollment: Int, day: CalendarDay, status: UInt8, comment: String, now: Instant
    ) {
        let section = district.enrollments[enrollment].section
        schoology.write(
            enrollment: Int32(enrollment), section: section, day: day, status: status, comment: comment, byAPI: false)
        let mark = Announcement(enrollment: Int32(enrollment), day: day, status: status, comment: comment)
        announce([mark], section: Int(section), user: teacher(ofSection: Int(section)), now: now)
    }

    /// A teacher takes a mark back: its row goes. What Schoology sends then isn't documented; here it is what the
    /// attendance shows from then on, present.
    mutating func teacherClears(enrollment: Int, day: CalendarDay, now: Instant) {
        let section = Int(district.enrollments[enrollment].section)
        schoology.clear(enrollment: Int32(enrollment), day: day)
        let mark = Announcement(enrollment: Int32(enrollment), day: day, status: 1, comment: "")
        announce([mark], section: section, user: teacher(ofSection: section), now: now)
    }

    /// A PUT's items have been written.
    mutating func announceWrites(_ marks: [Announcement], section: Int, now: Instant) {
        guard schoology.triggers.firesForWrites, !marks.isEmpty else { return }
        announce(marks, section: section, user: SchoologyID.administrator, now: now)
    }

    /// `uid` is who did it.
    private mutating func announce(_ marks: [Announcement], section: Int, user: Int, now: Instant) {
        guard schoology.triggers.url != nil else { return }
        var json = JSONWriter()
        json.object { json in
            json.number("uid", user)
            json.number("timestamp", Int(now.unixSeconds))
            json.string("type", "attendance.update")
            json.array("data", marks) { json, mark in
                json.object { json in
                    json.string("realm", "section")
                    json.number("section_id", SchoologyID.firstSection + section)
                    json.object("object") {
                        $0.number("enrollment_id", SchoologyID.firstEnrollment + Int(mark.enrollment))
                        $0.string("date", mark.day.description)
                        $0.number("status", Int(mark.status))
                        $0.string("comment", mark.comment)
                    }
                }
            }
        }
        schoology.triggers.add(json.bytes, now: now)
    }

    private func teacher(ofSection section: Int) -> Int {
        let teacher = district.schoologySections[section].enrollments.first { district.enrollments[Int($0)].isTeacher }
        return teacher.map { SchoologyID.firstUser + Int(district.enrollments[Int($0)].user) }
            ?? SchoologyID.administrator
    }
}
