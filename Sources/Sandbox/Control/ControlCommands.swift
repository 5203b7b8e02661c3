/// The control endpoint's commands.
enum ControlCommands {
    static func run(
        _ name: String, method: String, _ body: JSONValue, _ request: WireRequest, _ world: inout World, now: Instant
    ) throws(ControlRefusal) -> WireReply {
        switch (method, name) {
        case ("POST", "clever/record"): try ControlEdits.setCleverRecord(body, &world, now: now)
        case ("DELETE", "clever/record"): try ControlEdits.removeCleverRecord(body, &world)
        case ("POST", "clever/sync"): finishSync(&world, now: now)
        case ("POST", "clever/state"): try setState(body, &world)
        case ("POST", "clever/today"): try setToday(body, &world, now: now)
        case ("POST", "move"): try ControlRoster.move(body, &world)
        case ("POST", "schoology/mark"): try ControlEdits.setSchoologyMark(body, &world, now: now)
        case ("DELETE", "schoology/mark"): try ControlEdits.clearSchoologyMark(body, &world, now: now)
        case ("POST", "schoology/triggers"): try ControlTriggers.subscribe(body, &world)
        case ("POST", "schoology/gone"): try setGone(body, &world)
        case ("POST", "faults"): try addFaults(body, &world)
        case ("DELETE", "faults"): removeFaults(&world)
        case (_, "sample"): try ControlReports.sample(request, world)
        case (_, "compare"): try ControlComparison.marks(request, world)
        case (_, "triggers"): ControlTriggers.list(request, world)
        case (_, "clever/ingestions"): ControlIngestion.list(request, world)
        case (_, "marks"): ControlReports.marks(request, world)
        case (_, "counters"): ControlReports.counters(world)
        case (_, "requests"): ControlReports.requests(request, world)
        default: throw ControlRefusal(status: 404, message: "no such command: \(method) \(name)")
        }
    }

    static func finishSync(_ world: inout World, now: Instant) -> WireReply {
        let moved = world.finishAttendanceSync(now: now)
        var json = JSONWriter()
        json.object { $0.string("last_attendance_sync", moved.description) }
        return .json(json.bytes)
    }

    private static func setState(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        guard let state = body["state"]?.text else { throw .missing("state") }
        world.clever.districtState = state
        return done
    }

    private static func setToday(
        _ body: JSONValue, _ world: inout World, now: Instant
    ) throws(ControlRefusal) -> WireReply {
        world.clever.attendance.setToday(try day(body, world), now: now)
        return finishSync(&world, now: now)
    }

    private static func setGone(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        guard let id = body["section"]?.text, let index = try? world.schoologySectionIndex(id) else {
            throw .missing("section")
        }
        world.district.schoologySections[index].isGone = body["gone"]?.bool ?? true
        return done
    }

    private static func addFaults(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        guard let objects = body.list else { throw .missing("fault") }
        var faults: [Fault] = []
        do {
            for object in objects { faults.append(try Fault(object)) }
        } catch {
            throw ControlRefusal(status: 400, message: error.description)
        }
        let ids = faults.map { world.faults.add($0) }
        var json = JSONWriter()
        json.object { json in json.array("faults", ids) { $0.number($1) } }
        return .json(json.bytes)
    }

    private static func removeFaults(_ world: inout World) -> WireReply {
        world.faults.removeAll()
        return done
    }

    static let done = WireReply.json(Array("{}".utf8))

    /// `date`, or the sandbox's today.
    static func day(_ body: JSONValue, _ world: World) throws(ControlRefusal) -> CalendarDay {
        guard let text = body["date"]?.text else { return world.clever.attendance.today }
        guard let day = CalendarDay(text) else { throw .missing("date (YYYY-MM-DD)") }
        return day
    }
}
