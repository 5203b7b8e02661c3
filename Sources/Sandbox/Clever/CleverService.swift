/// The sandbox's Clever: Data API and Attendance API v3.1.
enum CleverService {
    /// How the answer is to misbehave.
    struct Quirks: Sendable {
        var shape = JSONShape.strict
        var links = CleverAttendancePage.Links.complete
        /// Every cursor is refused.
        var cursorsExpired = false
    }

    static func answer(_ request: WireRequest, world: inout World, now: Instant, quirks: Quirks) -> WireReply {
        guard !world.clever.isRevoked, request.headers["authorization"] == "Bearer \(world.clever.token)" else {
            return .message("Invalid or missing bearer token", status: 401)
        }
        guard world.clever.rate.admit(at: now) else {
            return WireReply(status: 429, headers: world.clever.rate.headers())
        }
        var reply = routed(request, world: &world, quirks: quirks)
        reply.headers += world.clever.rate.headers()
        return reply
    }

    private static func routed(_ request: WireRequest, world: inout World, quirks: Quirks) -> WireReply {
        let segments = request.segments
        guard segments.first == "v3.1", segments.count >= 2 else { return notFound }
        guard request.method == "GET" else { return .message("Method not allowed", status: 405) }
        switch (segments[1], segments.count) {
        case ("districts", 2), ("schools", 2), ("sections", 2), ("users", 2), ("terms", 2):
            return list(segments[1], request, world: world, quirks: quirks)
        case ("districts", 3), ("schools", 3), ("sections", 3), ("users", 3), ("terms", 3):
            return single(segments[1], id: segments[2], world: world, quirks: quirks)
        case ("attendance", 4):
            return attendance(of: segments[2], id: segments[3], request, world: &world, quirks: quirks)
        default:
            return notFound
        }
    }

    static let notFound = WireReply.message("Resource not found", status: 404)

    // MARK: Attendance API

    private static func attendance(
        of kind: String, id: String, _ request: WireRequest, world: inout World, quirks: Quirks
    ) -> WireReply {
        let district = world.district
        let people: [Int32]
        let school: Int32
        var section: Int32?
        switch kind {
        case "schools":
            guard let index = district.index(.school, id), district.schools[index].isShared else { return notFound }
            people = district.schools[index].students
            school = Int32(index)
        case "sections":
            guard let index = district.index(.section, id), district.sections[index].isShared else { return notFound }
            people = world.clever.attendance.people(ofSection: Int32(index), in: district)
            school = district.sections[index].school
            section = Int32(index)
        default:
            return notFound
        }
        let hasCursor = request.parameter("starting_after") != nil || request.parameter("ending_before") != nil
        if quirks.cursorsExpired, hasCursor { return .message("invalid cursor", status: 400) }
        let isPlain = if case .complete = quirks.links { true } else { false }
        let version = world.clever.attendance.version
        if isPlain, let page = world.clever.pages.page(request.target, version: version) { return .json(page) }
        do {
            let query = try CleverAttendanceQuery(
                request, people: people, section: section, school: school, district: district,
                known: world.clever.attendance.days)
            let page = CleverAttendancePage(query, attendance: world.clever.attendance, district: district)
            let json = page.json(for: request, query: query, district: district, links: quirks.links)
            if isPlain { world.clever.pages.keep(json, for: request.target, version: version) }
            return .json(json)
        } catch {
            return .message(error.message, status: 400)
        }
    }

    // MARK: Data API

    private static func list(_ kind: String, _ request: WireRequest, world: World, quirks: Quirks) -> WireReply {
        let entries = CleverEntities.listed(kind, role: request.parameter("role"), in: world.district)
        var limit = 100
        if let text = request.parameter("limit") {
            guard let number = Int(text), number >= 1 else { return .message("invalid limit", status: 400) }
            guard number <= 10_000 else { return .message("limit exceeds 10000", status: 413) }
            limit = number
        }
        var from = 0
        var to = min(entries.count, limit)
        if let cursor = request.parameter("starting_after") {
            guard !quirks.cursorsExpired, let id = CleverID(cursor, salt: world.district.salt) else {
                return .message("invalid starting_after", status: 400)
            }
            from = entries.firstIndex { ($0.kind.rawValue, $0.index) > (id.kind.rawValue, id.index) } ?? entries.count
            to = min(entries.count, from + limit)
        } else if let cursor = request.parameter("ending_before") {
            guard !quirks.cursorsExpired, let id = CleverID(cursor, salt: world.district.salt) else {
                return .message("invalid ending_before", status: 400)
            }
            to = entries.firstIndex { ($0.kind.rawValue, $0.index) >= (id.kind.rawValue, id.index) } ?? entries.count
            from = max(0, to - limit)
        }
        let page = entries[from..<to]
        var json = JSONWriter(shape: quirks.shape, capacity: page.count * 600 + 512)
        json.object { json in
            json.array("data", page) { json, id in
                json.object { $0.object("data") { CleverEntities.write(id, world: world, to: &$0) } }
            }
            if case .absent = quirks.links { return }
            var links = [("self", request.target)]
            let role = request.parameter("role").map { "role=\(PercentEncoding.encode($0))&" } ?? ""
            let prefix = "\(request.path)?\(role)limit=\(limit)"
            if case .repeating = quirks.links {
                links.append(("next", request.target))
            } else if to < entries.count, let last = page.last {
                links.append(("next", "\(prefix)&starting_after=\(last.text(salt: world.district.salt))"))
            }
            if from > 0, let first = page.first {
                links.append(("prev", "\(prefix)&ending_before=\(first.text(salt: world.district.salt))"))
            }
            json.array("links", links) { json, link in
                json.object {
                    $0.string("rel", link.0)
                    $0.string("uri", link.1)
                }
            }
        }
        return .json(json.bytes)
    }

    private static func single(_ kind: String, id: String, world: World, quirks: Quirks) -> WireReply {
        guard let parsed = CleverID(id, salt: world.district.salt),
            CleverEntities.isShared(parsed, as: kind, in: world.district)
        else { return notFound }
        var json = JSONWriter(shape: quirks.shape)
        json.object { $0.object("data") { CleverEntities.write(parsed, world: world, to: &$0) } }
        return .json(json.bytes)
    }
}
