/// The control endpoint's answers to questions.
enum ControlReports {
    /// Matched students with their mark of a day: something for a script to work on.
    static func sample(_ request: WireRequest, _ world: World) throws(ControlRefusal) -> WireReply {
        let limit = request.parameter("limit").flatMap { Int($0) } ?? 5
        let status = request.parameter("status") ?? "absent"
        let day = request.parameter("date").map { CalendarDay($0) } ?? world.clever.attendance.today
        guard let day else { throw .missing("date (YYYY-MM-DD)") }
        var found: [(SandboxPair, CleverMark)] = []
        search: for student in world.district.students.indices {
            for (section, mark) in world.clever.attendance.records(of: Int32(student), in: world.district, on: day)
            where section >= 0 && mark.status == status {
                guard found.count < limit else { break search }
                if let pair = world.pair(student: student, section: Int(section)) { found.append((pair, mark)) }
            }
        }
        var json = JSONWriter()
        json.object { json in
            json.string("date", day.description)
            json.array("records", found) { json, entry in
                json.object {
                    $0.string("student", entry.0.cleverStudent)
                    $0.string("section", entry.0.cleverSection)
                    $0.string("schoology_section", entry.0.schoologySection)
                    $0.string("enrollment", entry.0.enrollment)
                    $0.string("status", entry.1.status)
                    $0.string("excuse_code", orNull: entry.1.excuseCode)
                    $0.string("sis_id", orNull: entry.1.sisID)
                    let ids = try? world.sisIDs(student: entry.0.cleverStudent, section: entry.0.cleverSection)
                    $0.string("student_sis_id", orNull: ids?.student)
                    $0.string("school_sis_id", orNull: ids?.school)
                    $0.string("section_sis_id", orNull: ids?.section)
                }
            }
        }
        return .json(json.bytes)
    }

    /// Both sides' marks that aren't present, of one day or (Schoology) of all.
    static func marks(_ request: WireRequest, _ world: World) -> WireReply {
        let asked = request.parameter("date").flatMap { CalendarDay($0) }
        let day = asked ?? world.clever.attendance.today
        let clever = world.cleverRecords(from: day, to: day, includingPresent: false)
        let schoology = world.schoologyRecords(includingPresent: false).filter { asked == nil || $0.date == asked }
        var json = JSONWriter()
        json.object { json in
            json.array("clever", clever) { json, record in
                json.object {
                    $0.string("student", record.student)
                    $0.string("section", orNull: record.section)
                    $0.string("date", record.date.description)
                    $0.string("status", record.status)
                    $0.string("excuse_code", orNull: record.excuseCode)
                    $0.string("sis_id", orNull: record.sisID)
                    $0.string("last_modified", record.lastModified.description)
                }
            }
            json.array("schoology", schoology) { json, record in
                json.object {
                    $0.string("section", record.section)
                    $0.string("enrollment", record.enrollment)
                    $0.string("date", record.date.description)
                    $0.number("status", record.status)
                    $0.string("comment", record.comment)
                    $0.number("writes", record.writes)
                }
            }
        }
        return .json(json.bytes)
    }

    static func counters(_ world: World) -> WireReply {
        let counters = world.counters
        var json = JSONWriter()
        json.object {
            $0.number("clever_requests", counters.cleverRequests)
            $0.number("schoology_reads", counters.schoologyReads)
            $0.number("schoology_writes", counters.schoologyWrites)
            $0.number("items_written", counters.itemsWritten)
            $0.number("files_ingested", counters.filesIngested)
            $0.number("rows_taken", counters.rowsTaken)
            $0.number("rows_rejected", counters.rowsRejected)
            $0.number("triggers_sent", world.schoology.triggers.log.entries.count)
            $0.number("rate_limited", counters.rateLimited)
            $0.number("credits_spent", counters.creditsSpent)
            $0.number("max_credits_in_window", counters.maxCreditsInWindow)
            $0.string("last_attendance_sync", orNull: world.clever.attendance.lastSync?.description)
        }
        return .json(json.bytes)
    }

    /// The log, from request number `after` on.
    static func requests(_ request: WireRequest, _ world: World) -> WireReply {
        let after = max(0, request.parameter("after").flatMap { Int($0) } ?? 0)
        var json = JSONWriter()
        json.object { json in
            json.array("requests", world.log.entries.filter { $0.number > after }) { json, entry in
                json.object { json in
                    json.number("number", entry.number)
                    json.string("time", entry.time.description)
                    json.string("side", entry.side.rawValue)
                    json.string("method", entry.method)
                    json.string("target", entry.target)
                    json.string("status", orNull: entry.status.map { String($0) })
                    json.number("body_size", entry.bodySize)
                    json.number("items", entry.items.count)
                    json.bool("served", entry.wasServed)
                }
            }
        }
        return .json(json.bytes)
    }
}
