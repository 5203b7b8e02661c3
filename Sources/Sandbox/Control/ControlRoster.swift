/// What the office does to the roster. Schoology, which is loaded from the same system, follows at once.
enum ControlRoster {
    /// Moves a student, or without one everybody, out of `from`, into `to`, or both.
    static func move(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        let from = try section(body, "from", world)
        let target = try section(body, "to", world)
        guard from != nil || target != nil else { throw .missing("from or to") }
        let movers: [Int32]
        if let student = body["student"]?.text {
            guard let index = world.district.index(.student, student) else { throw .missing("student") }
            movers = [Int32(index)]
        } else {
            guard let from else { throw .missing("student") }
            movers = world.district.sections[Int(from)].students
        }
        for student in movers {
            if let from { leave(from, student, &world) }
            if let target { enter(target, student, &world) }
        }
        var json = JSONWriter()
        json.object { $0.number("moved", movers.count) }
        return .json(json.bytes)
    }

    private static func section(
        _ body: JSONValue, _ name: String, _ world: World
    ) throws(ControlRefusal) -> Int32? {
        guard let text = body[name]?.text else { return nil }
        guard let index = world.district.index(.section, text) else { throw .missing(name) }
        return Int32(index)
    }

    private static func leave(_ section: Int32, _ student: Int32, _ world: inout World) {
        world.setEnrolled(false, student: student, section: section)
        let counterpart = world.district.sections[Int(section)].counterpart
        guard counterpart >= 0 else { return }
        for index in world.district.schoologySections[Int(counterpart)].enrollments
        where world.district.users[Int(world.district.enrollments[Int(index)].user)].student == student {
            world.district.enrollments[Int(index)].isDeleted = true
        }
    }

    private static func enter(_ section: Int32, _ student: Int32, _ world: inout World) {
        world.setEnrolled(true, student: student, section: section)
        let counterpart = world.district.sections[Int(section)].counterpart
        let user = world.district.students[Int(student)].user
        if counterpart >= 0, user >= 0 { world.district.enroll(user: user, in: counterpart) }
    }
}
