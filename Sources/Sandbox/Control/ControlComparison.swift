/// Both sides of every matched key, so that a script can see whether they agree.
enum ControlComparison {
    /// The days of `from` and `to`, or `date`, or today; with `all=true` those that are present on both sides too.
    static func marks(_ request: WireRequest, _ world: World) throws(ControlRefusal) -> WireReply {
        let date = try day("date", request) ?? world.clever.attendance.today
        let from = try day("from", request) ?? date
        let to = try day("to", request) ?? max(from, date)
        guard to.epochDay - from.epochDay <= 400 else { throw .missing("to (400 days from the first at most)") }
        let all = request.parameter("all") == "true"
        var json = JSONWriter()
        json.object { json in
            json.array("keys", world.marksByKey(from: from, to: to, includingPresent: all)) { json, marks in
                json.object { write(marks, to: &$0) }
            }
        }
        return .json(json.bytes)
    }

    private static func write(_ marks: SandboxMarks, to json: inout JSONWriter) {
        json.string("date", marks.date.description)
        json.string("student", marks.pair.cleverStudent)
        json.string("section", marks.pair.cleverSection)
        json.string("schoology_section", marks.pair.schoologySection)
        json.string("enrollment", marks.pair.enrollment)
        write("clever", marks.clever, to: &json)
        write("daily", marks.daily, to: &json)
        guard let row = marks.schoology else {
            json.string("schoology", orNull: nil)
            return
        }
        json.object("schoology") {
            $0.number("status", row.status)
            $0.string("comment", row.comment)
            $0.number("writes", row.writes)
        }
    }

    private static func write(_ name: StaticString, _ record: CleverRecord?, to json: inout JSONWriter) {
        guard let record else {
            json.string(name, orNull: nil)
            return
        }
        json.object(name) {
            $0.string("status", record.status)
            $0.string("excuse_code", orNull: record.excuseCode)
            $0.string("sis_id", orNull: record.sisID)
            $0.string("last_modified", record.lastModified.description)
        }
    }

    private static func day(_ name: String, _ request: WireRequest) throws(ControlRefusal) -> CalendarDay? {
        guard let text = request.parameter(name) else { return nil }
        guard let day = CalendarDay(text) else { throw .missing("\(name) (YYYY-MM-DD)") }
        return day
    }
}
