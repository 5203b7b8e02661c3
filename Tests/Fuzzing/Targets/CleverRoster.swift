import AttendanceCore

@testable import CleverAPI

extension FuzzTarget {
    /// Clever's lists and the district's answer: each element is there or counted as unreadable.
    static let cleverRoster = FuzzTarget(name: "clever-roster", isJSON: true) { input throws(Finding) in
        try compare(input, CleverAnswer.schools) { json in
            try page(json) { element in
                try element.text("id").map { CleverSchool(id: $0, sisID: try element.text("sis_id")) }
            }
        }
        try compare(input, CleverAnswer.sections) { json in
            try page(json) { element in
                guard let id = try element.text("id"), let school = try element.text("school") else { return nil }
                return CleverSection(
                    id: id, school: school, sisID: try element.text("sis_id"),
                    sectionNumber: try element.text("section_number"), period: try element.text("period"),
                    subject: try element.text("subject"), termID: try element.text("term_id"),
                    students: try ids(element["students"]))
            }
        }
        try compare(input, CleverAnswer.students) { json in
            try page(json) { element in
                guard let id = try element.text("id") else { return nil }
                guard let student = element["roles"]?["student"], student.isObject else { return CleverStudent(id: id) }
                let primary = try student.text("school")
                return CleverStudent(
                    id: id, sisID: try student.text("sis_id"), studentNumber: try student.text("student_number"),
                    stateID: try student.text("state_id"),
                    schools: (primary.map { [$0] } ?? []) + (try ids(student["schools"])).filter { $0 != primary })
            }
        }
        try compare(input, CleverAnswer.district) { json in
            let (elements, _) = try parts(json)
            guard let element = elements.first.flatMap({ $0 }), let id = try element.text("id") else {
                throw JSON.Refused()
            }
            var synced: Timestamp?
            if !element.isVoid("last_attendance_sync") {
                guard let time = try element.text("last_attendance_sync").flatMap({ Timestamp($0) }) else {
                    throw JSON.Refused()
                }
                synced = time
            }
            return CleverDistrict(
                id: id, lastAttendanceSync: synced, state: try element.text("state") ?? "",
                pauseStart: try element.text("pause_start").flatMap { Timestamp($0) },
                pauseEnd: try element.text("pause_end").flatMap { Timestamp($0) })
        }
    }

    private static func page<Item>(_ json: JSON, _ item: (JSON) throws -> Item?) throws -> CleverPage<Item> {
        let (elements, next) = try parts(json)
        let items = try elements.compactMap { try $0.flatMap(item) }
        // One object in the list's place counts as a list when it can be read.
        if json["data"]?.isObject == true, items.isEmpty { throw JSON.Refused() }
        return CleverPage(items: items, next: next, unreadable: elements.count - items.count)
    }

    /// The objects of the list, out of their `data`; nil for an element that is none.
    private static func parts(_ json: JSON) throws -> ([JSON?], String?) {
        let outer: [JSON]
        switch json["data"] {
        case .list(let elements)?: outer = elements
        case .object(let members)?: outer = [.object(members)]
        case .null?, .flag?, .number?, .text?, nil: throw JSON.Refused()
        }
        let next = try cleverNext(json)
        return (outer.map { $0.isObject ? ($0["data"].flatMap { $0.isObject ? $0 : nil } ?? $0) : nil }, next)
    }

    /// Each once, without what is no id.
    private static func ids(_ value: JSON?) throws -> [String] {
        guard case .list(let elements)? = value else {
            // Other shapes than a list are the business of the unit tests.
            if case .null? = value { return [] }
            if value == nil { return [] }
            throw JSON.Unclear()
        }
        var seen: Set<String> = []
        return try elements.compactMap { try JSON.object(["id": $0]).text("id") }.filter { seen.insert($0).inserted }
    }
}
