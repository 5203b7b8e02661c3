import AttendanceCore

@testable import CleverAPI

extension FuzzTarget {
    /// Pages of Clever's attendance: each element is a record, just as it stands there, or quarantined.
    static let cleverAttendance = FuzzTarget(name: "clever-attendance", isJSON: true) { input throws(Finding) in
        try requireLine(CleverAnswer.message(input), limit: 200)
        try compare(input, CleverAnswer.attendance) { json in
            guard json.isObject else { throw JSON.Refused() }
            var page = AttendancePage(records: [], next: nil)
            switch json["data"] {
            case .list(let elements)?:
                for element in elements {
                    // What a defect is called is not the oracle's business; see below.
                    if let record = try record(element) { page.records.append(record) }
                }
            case .object(let members)?:
                guard let record = try record(.object(members)) else { throw JSON.Refused() }
                page.records = [record]
            case .null?, .flag?, .number?, .text?, nil: throw JSON.Refused()
            }
            page.next = try cleverNext(json)
            // The quarantined: as many as there are, and none lost.
            let answer = try CleverAnswer.attendance(input)
            if case .list(let elements)? = json["data"], answer.unreadable.count != elements.count - page.records.count
            {
                page.unreadable = []
            } else {
                page.unreadable = answer.unreadable
            }
            return page
        }
        guard let page = try? CleverAnswer.attendance(input) else { return }
        for record in page.unreadable {
            try require(!record.reason.isEmpty, "quarantined without a reason")
            try requireLine(record.reason, limit: 1000)
            try require(
                record.fingerprint.utf8.count == 16
                    && record.fingerprint.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit },
                "fingerprint \(record.fingerprint)")
            for text in [record.student, record.section, record.school, record.date, record.lastModified] {
                try requireLine(text, limit: 80)
            }
        }
        for record in page.records {
            try require(Day(record.day.description) == record.day, "the day \(record.day)")
            try require(Timestamp(record.lastModified.description) == record.lastModified, "\(record.lastModified)")
            try require(record.daily == (record.section == nil), "a daily record of a section, or the other way round")
        }
    }

    /// Nil: not a record.
    private static func record(_ element: JSON) throws(JSON.Unclear) -> CleverRecord? {
        guard element.isObject, let day = try element.text("attendance_date").flatMap({ Day($0) }),
            let status = try element.text("attendance_status"), let known = CleverStatus(name: status),
            let student = try element.text("student_id"), let school = try element.text("school_id"),
            let modified = try element.text("last_modified").flatMap({ Timestamp($0) }),
            !element.isNoText("excuse_code")
        else { return nil }
        let section = try element.text("section_id")
        switch try element.text("attendance_type") {
        case "section": if section == nil { return nil }
        case "daily": break
        case .some, nil: return nil
        }
        let daily = try element.text("attendance_type") == "daily"
        return CleverRecord(
            day: day, status: known, daily: daily, excuseCode: try element.text("excuse_code").map(JSON.trimmed),
            lastModified: modified, created: try element.text("created").flatMap { Timestamp($0) },
            school: CleverID(school), section: daily ? nil : section.map { CleverID($0) },
            sisID: try element.text("sis_id"), student: CleverID(student))
    }

    /// `links`, of which one may be the next.
    static func cleverNext(_ json: JSON) throws -> String? {
        var next: String?
        for link in try json.elements("links") ?? [] {
            guard let link, link.isObject else { throw JSON.Refused() }
            guard try link.text("rel") == "next" else { continue }
            guard let uri = try link.text("uri") else { throw JSON.Refused() }
            next = next ?? uri
        }
        return next
    }
}
