/// The sandbox's Schoology: REST API v1.
enum SchoologyService {
    /// How the answer is to misbehave.
    struct Quirks: Sendable {
        var shape = JSONShape.strict
        /// `links` are left out.
        var hidesLinks = false
        /// `links.next` leads to the same page.
        var repeatsPages = false
        /// Items more (or, negative, fewer) in a PUT's answer than in the PUT.
        var itemCountOffset = 0
    }

    /// What a request is asked with, beside itself.
    struct Context: Sendable {
        /// Scheme, host and port that absolute links start with.
        let baseURL: String
        let quirks: Quirks
        let now: Instant
        /// For the item codes that faults ask for.
        let path: String
    }

    static func answer(
        _ request: WireRequest, world: inout World, now: Instant, baseURL: String, quirks: Quirks
    ) -> WireReply {
        do {
            try world.schoology.oauth.verify(request, now: now)
        } catch {
            return .text(error.message, status: 401)
        }
        if let seconds = world.schoology.budget.spend(write: request.method == "PUT", at: now) {
            var reply = WireReply.text("Rate limit exceeded", status: 429)
            reply.headers.append(("Retry-After", String(seconds)))
            return reply
        }
        let context = Context(baseURL: baseURL, quirks: quirks, now: now, path: request.path)
        return routed(request, world: &world, context: context)
    }

    static let notFound = WireReply.text("Resource not found", status: 404)

    static func routed(_ request: WireRequest, world: inout World, context: Context) -> WireReply {
        let segments = request.segments
        guard segments.count >= 2, segments[0] == "v1" else { return notFound }
        switch (request.method, segments[1], segments.count) {
        case ("POST", "multiget", 2):
            return multiget(request, world: &world, context: context)
        case ("PUT", "sections", 4) where segments[3] == "attendance":
            return SchoologyAttendance.put(section: segments[2], request, world: &world, context: context)
        case ("GET", _, _):
            return read(segments, request, world: world, context: context)
        default:
            return .text("Method not allowed", status: 405)
        }
    }

    private static func read(
        _ segments: [String], _ request: WireRequest, world: World, context: Context
    ) -> WireReply {
        switch (segments[1], segments.count) {
        case ("sections", 2): SchoologyRoster.sections(request, world.district, context)
        case ("sections", 3): SchoologyRoster.section(segments[2], world.district, context)
        case ("sections", 4) where segments[3] == "enrollments":
            SchoologyRoster.enrollments(ofSection: segments[2], request, world.district, context)
        case ("sections", 4) where segments[3] == "attendance":
            SchoologyAttendance.get(section: segments[2], request, world: world, context: context)
        case ("users", 2): SchoologyRoster.users(request, world.district, context)
        case ("users", 3): SchoologyRoster.user(segments[2], world.district, context)
        case ("courses", 2): SchoologyRoster.courses(request, world.district, context)
        case ("courses", 3): SchoologyRoster.course(segments[2], world.district, context)
        case ("courses", 4) where segments[3] == "sections":
            SchoologyRoster.sections(ofCourse: segments[2], request, world.district, context)
        default: notFound
        }
    }

    // MARK: Multi-GET

    /// Only the first 50 URLs of a multi-GET are answered, and only those of its list.
    private static let multigetLimit = 50

    private static func multiget(_ request: WireRequest, world: inout World, context: Context) -> WireReply {
        guard let body = JSONValue(parsing: request.body), let list = body["request"] else {
            return .text("Malformed multi-get request", status: 400)
        }
        let targets: [String] =
            switch list {
            case .array(let values): values.compactMap(\.text)
            case .string(let target): [target]
            case .null, .bool, .number, .object: []
            }
        guard !targets.isEmpty else { return .text("Malformed multi-get request", status: 400) }
        let replies = targets.prefix(multigetLimit).map { target -> (String, WireReply) in
            let inner = WireRequest(method: "GET", target: target)
            guard isAllowedInMultiget(inner.segments) else {
                return (target, .text("Not enabled for multi-get", status: 403))
            }
            return (target, routed(inner, world: &world, context: context))
        }
        var json = JSONWriter(shape: context.quirks.shape)
        json.object { json in
            json.array("response", replies) { json, entry in
                json.object {
                    $0.string("location", entry.0)
                    $0.number("response_code", entry.1.status)
                    $0.object("headers") { _ in }
                    $0.key("body")
                    if entry.1.status == 200 {
                        $0.raw(entry.1.body)
                    } else {
                        $0.string(String(decoding: entry.1.body, as: UTF8.self))
                    }
                }
            }
        }
        return .json(json.bytes)
    }

    /// The list of the Multi-GET page, as far as the sandbox has it: attendance is not on it.
    private static func isAllowedInMultiget(_ segments: [String]) -> Bool {
        guard segments.count >= 3, segments[0] == "v1" else { return false }
        return switch (segments[1], segments.count, segments.last) {
        case ("courses", 3, _), ("sections", 3, _), ("users", 3, _): true
        case ("courses", 4, "sections"), ("sections", 4, "enrollments"): true
        default: false
        }
    }
}
