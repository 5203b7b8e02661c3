import ArgumentParser
import AttendanceCore

/// A date on the command line.
enum DayArgument {
    /// - Throws: wrong usage, with what would be right.
    static func day(_ text: String, _ option: String) throws -> Day {
        guard let day = Day(text) else {
            throw ValidationError("\(option) \(text) is no date: write it as YYYY-MM-DD, such as 2026-11-20.")
        }
        return day
    }
}
