import ArgumentParser
import Foundation
import Sandbox

/// Which district to make.
struct DistrictOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Number that the whole district is made from.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How many students.", valueName: "n"))
    var students = 240

    @Option(help: ArgumentHelp("Sections of a secondary student.", valueName: "n"))
    var sectionsPerStudent = 7

    @Option(help: ArgumentHelp("Percent of the students in elementary schools.", valueName: "n"))
    var elementaryPercent = 40

    @Option(help: ArgumentHelp("Calendar days of attendance, today included.", valueName: "n"))
    var days = 14

    @Option(help: ArgumentHelp("The school's day; by default today in --timezone.", valueName: "day"))
    var today: String?

    @Option(help: ArgumentHelp("The school's time zone.", valueName: "tz"))
    var timezone = "America/Chicago"

    @Option(
        help: ArgumentHelp(
            "Percent of today's marks that a teacher has already taken in Schoology.", valueName: "n"))
    var teacherMarks = 0

    @Flag(help: "Leave out the unmatched, ambiguous and inactive people and sections.")
    var tidy = false

    func plan() throws -> DistrictPlan {
        DistrictPlan(
            seed: seed, students: students, sectionsPerStudent: sectionsPerStudent,
            elementaryPercent: elementaryPercent, today: try day(), days: days, oddities: tidy ? .none : .realistic,
            teacherMarksPercent: teacherMarks)
    }

    func validate() throws {
        guard (1...1_000_000).contains(students) else { throw ValidationError("--students: 1 to 1000000") }
        guard (1...16).contains(sectionsPerStudent) else { throw ValidationError("--sections-per-student: 1 to 16") }
        guard (0...100).contains(elementaryPercent) else { throw ValidationError("--elementary-percent: 0 to 100") }
        guard (1...400).contains(days) else { throw ValidationError("--days: 1 to 400") }
        guard (0...100).contains(teacherMarks) else { throw ValidationError("--teacher-marks: 0 to 100") }
    }

    private func day() throws -> CalendarDay {
        if let today {
            guard let day = CalendarDay(today) else { throw ValidationError("--today: YYYY-MM-DD, not \(today)") }
            return day
        }
        guard let zone = TimeZone(identifier: timezone) else {
            throw ValidationError("--timezone: no such time zone: \(timezone)")
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day], from: Date())
        return CalendarDay(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)
    }
}
