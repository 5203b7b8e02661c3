import AttendanceCore
import Sandbox

/// One history of a district: everything that will happen, worked out from a seed beforehand. Leaving steps out leaves
/// the others as they are, so a failing history can be made smaller.
public struct Scenario: Sendable {
    /// How long a history is.
    public enum Length: String, Sendable, CaseIterable {
        /// A few school days.
        case days
        /// One to two weeks.
        case weeks
        /// August to June, and the summer after it.
        case year
    }

    public let seed: UInt64
    public var length: Length
    /// The first moment.
    public var start: Timestamp
    /// When nothing new happens any more.
    public var end: Span
    /// Offsets from UTC and from when they hold, oldest first.
    public var zone: [(from: Timestamp, offset: Span)]
    public var calendar: SchoolCalendar
    public var students: Int
    public var elementaryPercent: Int
    public var sectionsPerStudent: Int
    /// Records exist without anybody entering them, as a real SIS sends them.
    public var generatesMarks: Bool
    public var settings: DistrictSettings
    public var schoologyAllowedStep: Int
    public var schoologyListsPresentRows: Bool
    public var schoologyDatesPerPage: Int?
    /// Schoology tells of writes through the API too.
    public var triggersForWrites: Bool
    /// From a request to its answer, usually.
    public var latency: ClosedRange<Int64>
    public var steps: [Step]

    /// Clever's words that an office uses.
    public static let officeWords: [(status: String, code: String?)] = [
        ("present", nil), ("absent", nil), ("absent", "E"), ("tardy", nil), ("absent", "MED"), ("present", "ACT"),
        ("tardy", "BUS"), ("absent", "X9"),
    ]

    /// The school's calendar date.
    func day(_ now: Timestamp) -> Day {
        let offset = zone.last { $0.from <= now }?.offset ?? zone.first?.offset ?? .zero
        return (now + offset).day
    }
}
