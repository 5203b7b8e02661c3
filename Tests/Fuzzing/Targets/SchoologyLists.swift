import AttendanceCore

@testable import SchoologyAPI

extension FuzzTarget {
    /// Schoology's lists: each element is there, or counted as unreadable.
    static let schoologyLists = FuzzTarget(name: "schoology-lists", isJSON: true) { input throws(Finding) in
        try compare(input, sections) { json in
            try page(json, "section") { element in
                try element.text("id").map {
                    // Flags and days have forms of their own, which the unit tests know.
                    SchoologySection(
                        id: $0, sectionCode: try element.text("section_code"),
                        schoolCode: try element.text("section_school_code"), courseID: try element.text("course_id"))
                }
            }
        }
        try compare(input, SchoologyAnswer.users) { json in
            try page(json, "user") { element in
                let uid = try element.text("uid") ?? element.text("id")
                return try uid.map { SchoologyUser(uid: $0, schoolUID: try element.text("school_uid")) }
            }
        }
        try compare(input, SchoologyAnswer.courses) { json in
            try page(json, "course") { try $0.text("id") }
        }
        try compare(input, enrollments) { json in try enrollments(json) }
        for section in (try? SchoologyAnswer.sections(input))?.items ?? [] {
            try require(section.meetingDays.map { (1...127).contains($0.bits) } ?? true, "days \(section)")
        }
    }

    private static func sections(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<SchoologySection> {
        var page = try SchoologyAnswer.sections(body)
        for index in page.items.indices {
            page.items[index].active = nil
            page.items[index].meetingDays = nil
        }
        return page
    }

    /// Without the teacher's flag, which has forms of its own.
    static func enrollments(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<SchoologyEnrollment> {
        var page = try SchoologyAnswer.enrollments(body)
        for index in page.items.indices { page.items[index].isAdmin = false }
        return page
    }

    static func enrollments(_ json: JSON) throws -> SchoologyPage<SchoologyEnrollment> {
        try page(json, "enrollment") { element in
            guard let id = try element.text("id"), let uid = try element.text("uid") else { return nil }
            return SchoologyEnrollment(
                id: id, uid: uid, schoolUID: try element.text("school_uid"),
                status: try element.integer("status") ?? 0)
        }
    }

    private static func page<Item>(
        _ json: JSON, _ list: String, _ item: (JSON) throws -> Item?
    ) throws -> SchoologyPage<Item> {
        if case .list(let elements) = json, elements.isEmpty { return SchoologyPage(items: [], next: nil) }
        guard json.isObject else { throw JSON.Refused() }
        guard let elements = try json.elements(list) else {
            guard try json.integer("total") == 0 else { throw JSON.Refused() }
            return SchoologyPage(items: [], next: try schoologyNext(json))
        }
        let items = try elements.compactMap { try $0.flatMap { $0.isObject ? try item($0) : nil } }
        return SchoologyPage(items: items, next: try schoologyNext(json), unreadable: elements.count - items.count)
    }
}
