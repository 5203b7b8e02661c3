import FoundationEssentials

/// A place in a list of attendance records. The documented example decodes to
/// `<date>_<student>_<section, or 24 zeros>_<school>`.
struct CleverCursor: Sendable, Hashable {
    let day: CalendarDay
    let student: Int32
    /// -1: the daily record.
    let section: Int32
    let school: Int32

    init(day: CalendarDay, student: Int32, section: Int32, school: Int32) {
        self.day = day
        self.student = student
        self.section = section
        self.school = school
    }

    /// Nil if `text` is no cursor of this district.
    init?(_ text: String, in district: District) {
        guard let data = Data(base64Encoded: text) else { return nil }
        let parts = String(decoding: data, as: UTF8.self).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 4, let day = CalendarDay(parts[0]),
            let student = district.index(.student, String(parts[1])),
            let school = district.index(.school, String(parts[3]))
        else { return nil }
        var section: Int32 = -1
        if parts[2] != CleverID.noneText {
            guard let index = district.index(.section, String(parts[2])) else { return nil }
            section = Int32(index)
        }
        self.init(day: day, student: Int32(student), section: section, school: Int32(school))
    }

    func text(in district: District) -> String {
        let section = section < 0 ? CleverID.noneText : district.text(.section, Int(section))
        let plain =
            "\(day)_\(district.text(.student, Int(student)))_\(section)_\(district.text(.school, Int(school)))"
        return Data(plain.utf8).base64EncodedString()
    }
}
