import Answers
import AttendanceCore

/// The fields of an attendance record as they came, before they are judged.
struct RawRecord {
    enum Text {
        /// Absent, null or blank.
        case missing
        case text(String)
        /// A list, an object, a truth value, a fraction or text that can't be decoded.
        case notText

        var value: String? {
            switch self {
            case .text(let text): text
            case .missing, .notText: nil
            }
        }

        /// Fit for a report: one line, never longer than an id or a date is.
        var shown: String? { value?.line(limit: 80) }
    }

    private var date: JSONValue?
    private var status: JSONValue?
    private var type: JSONValue?
    private var excuseCode: JSONValue?
    private var lastModified: JSONValue?
    private var created: JSONValue?
    private var school: JSONValue?
    private var section: JSONValue?
    private var sisID: JSONValue?
    private var student: JSONValue?

    /// In one pass over the members, as there are hundreds of thousands of records. The first of a name counts.
    init(_ object: JSONValue) {
        for (key, value) in object.members {
            switch key {
            case "student_id" where student == nil: student = value
            case "section_id" where section == nil: section = value
            case "school_id" where school == nil: school = value
            case "attendance_date" where date == nil: date = value
            case "attendance_type" where type == nil: type = value
            case "attendance_status" where status == nil: status = value
            case "excuse_code" where excuseCode == nil: excuseCode = value
            case "last_modified" where lastModified == nil: lastModified = value
            case "created" where created == nil: created = value
            case "sis_id" where sisID == nil: sisID = value
            default: break
            }
        }
    }

    /// The record, if all that decides what it means could be read.
    var record: CleverRecord? {
        guard let day = day(date), let status = cleverStatus, let student = id(student), let school = id(school),
            let lastModified = time(lastModified), let type
        else { return nil }
        let daily = type.isText("daily")
        guard daily || type.isText("section") else { return nil }
        let section = daily ? nil : id(section)
        guard daily || section != nil else { return nil }
        let code: String?
        switch text(excuseCode) {
        case .missing: code = nil
        case .text(let text): code = text.trimmed
        case .notText: return nil
        }
        return CleverRecord(
            day: day, status: status, daily: daily, excuseCode: code, lastModified: lastModified,
            created: time(created), school: school, section: section, sisID: text(sisID).value, student: student)
    }

    private func text(_ value: JSONValue?) -> Text {
        do {
            return try value?.lenientText().map { .text($0) } ?? .missing
        } catch {
            return .notText
        }
    }

    private func day(_ value: JSONValue?) -> Day? {
        value?.plainText.map { Day($0) } ?? text(value).value.flatMap { Day($0) }
    }

    private func time(_ value: JSONValue?) -> Timestamp? {
        value?.plainText.map { Timestamp($0) } ?? text(value).value.flatMap { Timestamp($0) }
    }

    private func id(_ value: JSONValue?) -> CleverID? {
        value?.plainText.flatMap { CleverID(objectID: $0) } ?? text(value).value.map { CleverID($0) }
    }

    private var cleverStatus: CleverStatus? {
        guard let status else { return nil }
        return CleverStatus.allCases.first { status.isText($0.name) }
    }

    /// What keeps it from being a record.
    var defects: UnreadableRecord {
        let (date, status, type, excuseCode) = (text(date), text(status), text(type), text(excuseCode))
        let (school, section, student, lastModified) = (text(school), text(section), text(student), text(lastModified))
        var reasons: [String] = []
        var fingerprint = Fingerprint()
        for text in [date, student, section, school] { fingerprint.add(text.value) }
        /// `known` is what could be made of the value; nil makes it a defect.
        func judge(_ field: String, _ text: Text, known: Bool, shown: Bool, wanted: String) {
            switch text {
            case .text where known: return
            case .missing: reasons.append("\(field) is missing")
            case .notText: reasons.append("\(field) is not a text")
            case .text(let value):
                reasons.append(
                    shown ? "\(field) is \"\(value.line(limit: 40))\", not \(wanted)" : "\(field) is not \(wanted)")
            }
            fingerprint.add(field)
            fingerprint.add(text.value)
        }
        judge(
            "attendance_date", date, known: date.value.flatMap { Day($0) } != nil, shown: true,
            wanted: "a date as YYYY-MM-DD")
        judge(
            "attendance_status", status, known: status.value.flatMap { CleverStatus(name: $0) } != nil, shown: true,
            wanted: "present, absent or tardy")
        judge(
            "attendance_type", type, known: type.value == "daily" || type.value == "section", shown: true,
            wanted: "daily or section")
        judge("student_id", student, known: student.value != nil, shown: false, wanted: "an id")
        judge("school_id", school, known: school.value != nil, shown: false, wanted: "an id")
        if type.value == "section" {
            judge("section_id", section, known: section.value != nil, shown: false, wanted: "an id")
        }
        judge(
            "last_modified", lastModified, known: lastModified.value.flatMap { Timestamp($0) } != nil, shown: true,
            wanted: "a date and time in UTC")
        if case .notText = excuseCode {
            judge("excuse_code", excuseCode, known: false, shown: false, wanted: "a text")
        }
        return UnreadableRecord(
            reason: reasons.joined(separator: "; "), student: student.shown, section: section.shown,
            school: school.shown, date: date.shown, lastModified: lastModified.shown,
            fingerprint: fingerprint.hexadecimal)
    }
}
