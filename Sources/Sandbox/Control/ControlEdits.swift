/// What people do to marks: the office in the SIS, teachers in Schoology.
enum ControlEdits {
    static func setCleverRecord(
        _ body: JSONValue, _ world: inout World, now: Instant
    ) throws(ControlRefusal) -> WireReply {
        guard let student = body["student"]?.text else { throw .missing("student") }
        guard let status = body["status"]?.text else { throw .missing("status") }
        let date = try ControlCommands.day(body, world)
        do {
            try world.setCleverRecord(
                student: student, section: body["section"]?.text, date: date, status: status,
                excuseCode: body["excuse_code"]?.text, sisID: body["sis_id"]?.text, now: now)
        } catch {
            throw ControlRefusal(status: 404, message: error.description)
        }
        if body["sync"]?.bool == true { return ControlCommands.finishSync(&world, now: now) }
        return ControlCommands.done
    }

    static func removeCleverRecord(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        guard let student = body["student"]?.text else { throw .missing("student") }
        let date = try ControlCommands.day(body, world)
        do {
            try world.removeCleverRecord(student: student, section: body["section"]?.text, date: date)
        } catch {
            throw ControlRefusal(status: 404, message: error.description)
        }
        return ControlCommands.done
    }

    static func setSchoologyMark(
        _ body: JSONValue, _ world: inout World, now: Instant
    ) throws(ControlRefusal) -> WireReply {
        let index = try enrollment(body, world)
        guard let status = body["status"]?.integer, (1...4).contains(status) else { throw .missing("status (1 to 4)") }
        world.teacherWrites(
            enrollment: index, day: try ControlCommands.day(body, world), status: UInt8(status),
            comment: body["comment"]?.text ?? "", now: now)
        return ControlCommands.done
    }

    static func clearSchoologyMark(
        _ body: JSONValue, _ world: inout World, now: Instant
    ) throws(ControlRefusal) -> WireReply {
        world.teacherClears(
            enrollment: try enrollment(body, world), day: try ControlCommands.day(body, world), now: now)
        return ControlCommands.done
    }

    private static func enrollment(_ body: JSONValue, _ world: World) throws(ControlRefusal) -> Int {
        guard let id = body["enrollment"]?.text, let index = try? world.enrollmentIndex(id) else {
            throw .missing("enrollment")
        }
        return index
    }
}
