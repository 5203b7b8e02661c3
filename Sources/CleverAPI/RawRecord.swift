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

    var date: Text
    var status: Text
    var type: Text
    var excuseCode: Text
    var lastModified: Text
    var created: Text
    var school: Text
    var section: Text
    var sisID: Text
    var student: Text

    init(_ fields: Fields) {
        func read(_ field: Field) -> Text {
            do {
                guard let text = try fields.strictText(field) else { return .missing }
                return .text(text)
            } catch {
                return .notText
            }
        }
        date = read("attendance_date")
        status = read("attendance_status")
        type = read("attendance_type")
        excuseCode = read("excuse_code")
        lastModified = read("last_modified")
        created = read("created")
        school = read("school_id")
        section = read("section_id")
        sisID = read("sis_id")
        student = read("student_id")
    }

    /// The record, if all that decides what it means could be read.
    var record: CleverRecord? {
        guard case .text(let dateText) = date, let day = Day(dateText),
            case .text(let statusText) = status, let status = CleverStatus(name: statusText),
            case .text(let student) = student, case .text(let school) = school,
            case .text(let modifiedText) = lastModified, let lastModified = Timestamp(modifiedText)
        else { return nil }
        let daily: Bool
        switch type.value {
        case "section": daily = false
        case "daily": daily = true
        case .some, nil: return nil
        }
        if !daily, section.value == nil { return nil }
        let code: String?
        switch excuseCode {
        case .missing: code = nil
        case .text(let text): code = text.trimmed
        case .notText: return nil
        }
        let createdText = created.value
        return CleverRecord(
            day: day, status: status, daily: daily, excuseCode: code, lastModified: lastModified,
            created: createdText == modifiedText ? lastModified : createdText.flatMap { Timestamp($0) },
            school: school, section: daily ? nil : section.value, sisID: sisID.value, student: student)
    }

    /// What keeps it from being a record.
    var defects: UnreadableRecord {
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
