/// Schoology's sections, users, courses and enrollments.
enum SchoologyRoster {
    typealias Context = SchoologyService.Context

    /// A bulk look-up takes 50 ids at most.
    static let codeLimit = 50

    // MARK: Lists

    static func sections(_ request: WireRequest, _ district: District, _ context: Context) -> WireReply {
        guard let codes = request.parameter("section_school_codes") else {
            return .text("section_school_codes is missing", status: 400)
        }
        let wanted = codes.split(separator: ",").map(String.init)
        guard wanted.count <= codeLimit else { return .text("at most 50 section_school_codes", status: 400) }
        let includesPast = request.parameter("include_past") == "1"
        let found = wanted.flatMap { district.sectionsByCode[$0] ?? [] }.filter {
            let section = district.schoologySections[Int($0)]
            return !section.isDeleted && (section.isCurrent || includesPast)
        }
        return list("section", found.map { Int($0) }, request, context) { json, index in
            json.object { writeSection(index, district, to: &$0) }
        }
    }

    static func sections(
        ofCourse id: String, _ request: WireRequest, _ district: District, _ context: Context
    ) -> WireReply {
        guard let course = SchoologyID.index(id, from: SchoologyID.firstCourse, count: district.courses.count) else {
            return SchoologyService.notFound
        }
        let includesPast = request.parameter("include_past") == "1"
        let found = district.schoologySections.indices.filter {
            let section = district.schoologySections[$0]
            return section.course == course && !section.isDeleted && (section.isCurrent || includesPast)
        }
        return list("section", found, request, context) { json, index in
            json.object { writeSection(index, district, to: &$0) }
        }
    }

    static func users(_ request: WireRequest, _ district: District, _ context: Context) -> WireReply {
        var found = Array(district.users.indices)
        if let text = request.parameter("school_uids") {
            let wanted = text.split(separator: ",").map(String.init)
            guard wanted.count <= codeLimit else { return .text("at most 50 school_uids", status: 400) }
            found = wanted.flatMap { district.usersBySchoolUID[$0] ?? [] }.map { Int($0) }
        }
        return list("user", found, request, context) { json, index in
            json.object { writeUser(index, district, to: &$0) }
        }
    }

    static func courses(_ request: WireRequest, _ district: District, _ context: Context) -> WireReply {
        list("course", Array(district.courses.indices), request, context) { json, index in
            json.object { writeCourse(index, district, to: &$0) }
        }
    }

    static func enrollments(
        ofSection id: String, _ request: WireRequest, _ district: District, _ context: Context
    ) -> WireReply {
        guard let section = sectionIndex(id, district) else { return SchoologyService.notFound }
        let found = district.schoologySections[section].enrollments.filter { !district.enrollments[Int($0)].isDeleted }
        return list("enrollment", found.map { Int($0) }, request, context) { json, index in
            json.object { writeEnrollment(index, district, to: &$0) }
        }
    }

    /// A page of a list: `start` and `limit` (20 unless told, 200 at most), `total` as text, absolute links.
    private static func list(
        _ name: StaticString, _ found: [Int], _ request: WireRequest, _ context: Context,
        _ write: (inout JSONWriter, Int) -> Void
    ) -> WireReply {
        let start = max(0, request.parameter("start").flatMap { Int($0) } ?? 0)
        let limit = min(200, max(1, request.parameter("limit").flatMap { Int($0) } ?? 20))
        let page = found.dropFirst(start).prefix(limit)
        var json = JSONWriter(shape: context.quirks.shape, capacity: page.count * 256 + 256)
        json.object { json in
            json.array(name, page, write)
            json.string("total", String(found.count))
            if context.quirks.hidesLinks { return }
            json.object("links") {
                $0.string("self", link(request, context, start: start, limit: limit))
                let next = context.quirks.repeatsPages ? start : start + limit
                if next < found.count { $0.string("next", link(request, context, start: next, limit: limit)) }
            }
        }
        return .json(json.bytes)
    }

    private static func link(_ request: WireRequest, _ context: Context, start: Int, limit: Int) -> String {
        var query = request.query.filter { $0.name != "start" && $0.name != "limit" }
            .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        query += ["start=\(start)", "limit=\(limit)"]
        return "\(context.baseURL)\(request.path)?\(query.joined(separator: "&"))"
    }

    // MARK: Single objects

    static func section(_ id: String, _ district: District, _ context: Context) -> WireReply {
        guard let index = sectionIndex(id, district) else { return SchoologyService.notFound }
        return single(context) { writeSection(index, district, to: &$0) }
    }

    static func user(_ id: String, _ district: District, _ context: Context) -> WireReply {
        guard let index = SchoologyID.index(id, from: SchoologyID.firstUser, count: district.users.count) else {
            return SchoologyService.notFound
        }
        return single(context) { writeUser(index, district, to: &$0) }
    }

    static func course(_ id: String, _ district: District, _ context: Context) -> WireReply {
        guard let index = SchoologyID.index(id, from: SchoologyID.firstCourse, count: district.courses.count) else {
            return SchoologyService.notFound
        }
        return single(context) { writeCourse(index, district, to: &$0) }
    }

    private static func single(_ context: Context, _ write: (inout JSONWriter) -> Void) -> WireReply {
        var json = JSONWriter(shape: context.quirks.shape)
        json.object(write)
        return .json(json.bytes)
    }

    /// The index of a section that exists.
    static func sectionIndex(_ id: String, _ district: District) -> Int? {
        guard
            let index = SchoologyID.index(
                id, from: SchoologyID.firstSection, count: district.schoologySections.count),
            !district.schoologySections[index].isDeleted
        else { return nil }
        return index
    }

    // MARK: Objects

    private static func writeSection(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let section = district.schoologySections[index]
        json.string("id", String(SchoologyID.firstSection + index))
        json.string("course_title", district.courses[Int(section.course)])
        json.string("course_code", "C-\(section.course + 100)")
        json.string("course_id", String(SchoologyID.firstCourse + Int(section.course)))
        json.string("school_id", String(SchoologyID.school))
        json.string("access_code", "")
        json.string("section_title", section.title)
        json.string("section_code", section.sectionCode)
        json.string("section_school_code", section.schoolCode)
        json.string("synced", "1")
        json.number("active", section.isCurrent ? 1 : 0)
        json.string("description", "")
        json.array("grading_periods", [section.isCurrent ? 301 : 208]) { $0.number($1) }
        json.array("meeting_days", ["1", "2", "3", "4", "5"]) { $0.string($1) }
    }

    private static func writeUser(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let user = district.users[index]
        json.number("uid", SchoologyID.firstUser + index)
        json.number("id", SchoologyID.firstUser + index)
        json.number("school_id", SchoologyID.school)
        json.number("synced", 1)
        json.string("school_uid", user.schoolUID)
        json.string("name_title", "")
        json.string("name_first", Names.first(user.student < 0 ? index : Int(user.student)))
        json.string("name_middle", "")
        json.string("name_last", Names.last(user.student < 0 ? index : Int(user.student)))
        json.string("username", "user\(index)")
        json.string("primary_email", "user\(index)@springfield.example")
        json.number("role_id", user.isTeacher ? 140_001 : 140_002)
    }

    private static func writeCourse(_ index: Int, _ district: District, to json: inout JSONWriter) {
        json.number("id", SchoologyID.firstCourse + index)
        json.string("title", district.courses[index])
        json.string("course_code", "C-\(index + 100)")
        json.string("department", "")
        json.string("description", "")
        json.number("school_id", SchoologyID.school)
        json.number("synced", 1)
    }

    private static func writeEnrollment(_ index: Int, _ district: District, to json: inout JSONWriter) {
        let enrollment = district.enrollments[index]
        let user = district.users[Int(enrollment.user)]
        let person = user.student < 0 ? Int(enrollment.user) : Int(user.student)
        json.string("id", String(SchoologyID.firstEnrollment + index))
        json.string("uid", String(SchoologyID.firstUser + Int(enrollment.user)))
        json.string("school_uid", user.schoolUID)
        json.string("name_title", "")
        json.string("name_first", Names.first(person))
        json.string("name_first_preferred", "")
        json.string("name_middle", "")
        json.string("name_last", Names.last(person))
        json.string("name_display", "\(Names.first(person)) \(Names.last(person))")
        json.number("admin", enrollment.isTeacher ? 1 : 0)
        json.string("status", String(enrollment.status))
    }
}
