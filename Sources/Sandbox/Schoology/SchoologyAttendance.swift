/// `sections/{id}/attendance`.
enum SchoologyAttendance {
    typealias Context = SchoologyService.Context

    /// The cap that Schoology documents for its other bulk calls.
    static let itemLimit = 50

    // MARK: GET

    static func get(section id: String, _ request: WireRequest, world: World, context: Context) -> WireReply {
        let district = world.district
        guard let section = SchoologyRoster.sectionIndex(id, district) else { return SchoologyService.notFound }
        if district.schoologySections[section].isGone { return gone }
        var first: CalendarDay?
        var last: CalendarDay?
        if let text = request.parameter("start") {
            guard let day = CalendarDay(text) else { return .text("start must be a date (YYYY-MM-DD)", status: 400) }
            first = day
        }
        if let text = request.parameter("end") {
            guard let day = CalendarDay(text) else { return .text("end must be a date (YYYY-MM-DD)", status: 400) }
            last = day
        }
        var people = district.schoologySections[section].enrollments.filter { !district.enrollments[Int($0)].isDeleted }
        if let text = request.parameter("enrollment_id") {
            people = people.filter { String(SchoologyID.firstEnrollment + Int($0)) == text }
        }
        let days = (world.schoology.takenDays[Int32(section)] ?? []).sorted().filter { day in
            (first.map { day >= $0 } ?? true) && (last.map { day <= $0 } ?? true)
        }
        let page = days.prefix(world.schoology.attendanceDatesPerPage ?? .max)
        let next = page.count < days.count ? days[page.count] : nil
        return .json(body(days: Array(page), next: next, people, request, world.schoology, context))
    }

    /// Grouped by date, then by status, with the totals of what is listed.
    private static func body(
        days: [CalendarDay], next: CalendarDay?, _ people: [Int32], _ request: WireRequest, _ state: SchoologyState,
        _ context: Context
    ) -> [UInt8] {
        var totals = [Int](repeating: 0, count: 5)
        let statuses = state.listsPresentRows ? 1...4 : 2...4
        var json = JSONWriter(shape: context.quirks.shape)
        json.object { json in
            json.array("date", days) { json, day in
                let rows = people.compactMap { index in state.mark(index, day).map { (index: index, mark: $0) } }
                let groups = statuses.filter { status in rows.contains { $0.mark.status == status } }
                json.object { json in
                    json.string("date", day.description)
                    json.object("statuses") { json in
                        json.array("status", groups) { json, status in
                            let members = rows.filter { $0.mark.status == status }
                            totals[status] += members.count
                            write(status, members, day, to: &json)
                        }
                    }
                }
            }
            json.object("totals") { json in
                json.array("total", statuses.filter { totals[$0] > 0 }) { json, status in
                    json.object {
                        $0.number("status", status)
                        $0.number("count", totals[status])
                    }
                }
            }
            if context.quirks.hidesLinks { return }
            if let next {
                let others = request.query.filter { $0.name != "start" }
                    .map { "&\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
                json.object("links") {
                    $0.string("next", "\(context.baseURL)\(request.path)?start=\(next)\(others.joined())")
                }
            }
        }
        return json.bytes
    }

    private static func write(
        _ status: Int, _ rows: [(index: Int32, mark: SchoologyMark)], _ day: CalendarDay, to json: inout JSONWriter
    ) {
        json.object { json in
            json.number("status_code", status)
            json.object("attendances") { json in
                json.array("attendance", rows) { json, row in
                    json.object {
                        $0.number("enrollment_id", SchoologyID.firstEnrollment + Int(row.index))
                        $0.string("date", day.description)
                        $0.number("status", status)
                        $0.string("comment", row.mark.comment)
                    }
                }
            }
        }
    }

    // MARK: PUT

    private static let gone = WireReply.text(
        "This course uses the PowerSchool SIS Attendance App", status: 410)

    static func put(section id: String, _ request: WireRequest, world: inout World, context: Context) -> WireReply {
        guard let section = SchoologyRoster.sectionIndex(id, world.district) else { return SchoologyService.notFound }
        if world.district.schoologySections[section].isGone { return gone }
        guard let body = JSONValue(parsing: request.body), let items = body["attendances"]?["attendance"]?.list else {
            return .text("Malformed attendance", status: 400)
        }
        guard !items.isEmpty, items.count <= itemLimit else {
            return .text("Between 1 and \(itemLimit) attendances in a request", status: 400)
        }
        var results = items.map { apply($0, section: section, world: &world, context: context) }
        world.counters.itemsWritten += results.count { $0.isSuccess }
        world.announceWrites(results.compactMap(\.written), section: section, now: context.now)
        let failed = results.contains { !$0.isSuccess }
        let offset = context.quirks.itemCountOffset
        if offset < 0 { results.removeLast(min(results.count, -offset)) }
        if offset > 0, let last = results.last { results += Array(repeating: last, count: offset) }
        var json = JSONWriter(shape: context.quirks.shape)
        json.object { json in
            json.array("attendance", results) { json, result in
                json.object {
                    $0.string("id", result.id.map { String($0) } ?? "")
                    $0.number("response_code", result.code)
                    if let message = result.message { $0.string("message", message) }
                }
            }
        }
        return .json(json.bytes, status: failed ? 207 : 200)
    }

    private struct ItemResult {
        var id: Int?
        var code: Int
        var message: String?
        /// What was written, even where the answer claims that nothing was.
        var written: World.Announcement?
        var isSuccess: Bool { (200...299).contains(code) }
    }

    private static func apply(
        _ item: JSONValue, section: Int, world: inout World, context: Context
    ) -> ItemResult {
        guard let text = item["enrollment_id"]?.text,
            let enrollment = SchoologyID.index(
                text, from: SchoologyID.firstEnrollment, count: world.district.enrollments.count),
            world.district.enrollments[enrollment].section == section,
            !world.district.enrollments[enrollment].isDeleted
        else { return ItemResult(code: 404, message: "Enrollment not found") }
        guard let day = item["date"]?.text.flatMap({ CalendarDay($0) }) else {
            return ItemResult(code: 400, message: "Invalid date")
        }
        guard let status = item["status"]?.integer, (1...4).contains(status) else {
            return ItemResult(code: 400, message: "Invalid status")
        }
        guard world.district.enrollments[enrollment].status == 1 else {
            return ItemResult(code: 403, message: "Enrollment is not active")
        }
        let forced = world.faults.itemCode(path: context.path, enrollment: text)
        if let forced, !forced.isApplied { return ItemResult(code: forced.code, message: forced.message) }
        // A PUT without a comment clears it.
        let mark = World.Announcement(
            enrollment: Int32(enrollment), day: day, status: UInt8(status), comment: item["comment"]?.text ?? "")
        let id = world.schoology.write(
            enrollment: mark.enrollment, section: Int32(section), day: day, status: mark.status, comment: mark.comment,
            byAPI: true)
        return ItemResult(id: id, code: forced?.code ?? 200, message: forced?.message, written: mark)
    }
}
