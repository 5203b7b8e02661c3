import AttendanceCore
import Sandbox

extension Scenario {
    /// The history of a seed.
    ///
    /// - Parameters:
    ///   - length: nil: most are a few days, some weeks, three in a thousand a whole school year.
    ///   - students: nil: four to ten, so that they meet each other's marks.
    public init(seed: UInt64, length: Length? = nil, students wanted: Int? = nil) {
        var random = SplitMix64(seed: seed &* 0x2545_F491_4F6C_DD1D ^ 0x51A7)
        let lot = random.below(1000)
        let length = length ?? (lot < 3 ? .year : lot < 40 ? .weeks : .days)
        self.seed = seed
        self.length = length
        let (firstDay, start, zone) = Self.time(length, &random)
        (self.start, self.zone) = (start, zone)
        calendar = SchoolCalendar(length, firstDay: firstDay, &random)
        switch length {
        case .days: end = .hours(Int64(8 + random.below(40)))
        case .weeks: end = .days(Int64(7 + random.below(8)))
        case .year: end = .days(330)
        }
        let drawn = 4 + random.below(Self.mostStudents - 3)
        students = wanted ?? drawn
        elementaryPercent = [0, 50, 50, 100][random.below(4)]
        sectionsPerStudent = 1 + random.below(3)
        generatesMarks = random.below(3) == 0
        settings = Self.settings(length, &random)
        settings.safety = Self.safety(seed)
        schoologyAllowedStep = random.below(2) == 0 ? 0 : 300
        schoologyListsPresentRows = random.below(4) == 0
        schoologyDatesPerPage = random.below(4) == 0 ? 1 + random.below(3) : nil
        triggersForWrites = random.below(2) == 0
        latency = random.below(3) == 0 ? 1...20 : 20...400
        steps = []
        var drawing = Steps(self, random)
        steps = drawing.drawn()
    }

    static let mostStudents = 10

    /// Ordinary days, weekends, ends of months and years, and the nights when clocks change.
    private static func time(
        _ length: Length, _ random: inout SplitMix64
    ) -> (Day, Timestamp, [(from: Timestamp, offset: Span)]) {
        let starts = [
            "2026-03-10", "2026-03-12", "2026-03-06", "2026-03-07", "2026-10-30", "2026-10-31", "2026-12-30",
            "2028-02-28",
            "2026-01-15", "2026-09-04",
        ]
        let day = length == .year ? Day("2026-08-17")! : Day(starts[random.below(starts.count)])!
        // America/Chicago: daylight saving time from the second Sunday of March to the first of November.
        let zone: [(from: Timestamp, offset: Span)] = [
            (Timestamp("2020-01-01T00:00:00Z")!, .hours(-6)),
            (Timestamp("2026-03-08T08:00:00Z")!, .hours(-5)), (Timestamp("2026-11-01T07:00:00Z")!, .hours(-6)),
            (Timestamp("2027-03-14T08:00:00Z")!, .hours(-5)), (Timestamp("2027-11-07T07:00:00Z")!, .hours(-6)),
        ]
        // A history of hours begins at any of the day; what has a calendar, at midnight.
        let hour = length == .days ? Int64(6 + random.below(16)) : 0
        let minute = length == .days ? Int64(random.below(60)) : 0
        let midnight = Timestamp(seconds: Int64(day.number) * 86_400)
        return (day, midnight + .hours(hour + 6) + .minutes(minute), zone)
    }

    /// In one of four, thresholds that a handful of changes are past; in one of eight, a new district's first writes wait
    /// for an operator. From numbers of its own, as the operators' steps are.
    private static func safety(_ seed: UInt64) -> SafetySettings {
        var random = SplitMix64(seed: seed &* 0xD6E8_FEB8 ^ 0x5AFE)
        var safety = SafetySettings()
        if random.below(4) == 0 {
            safety.holdAboveCount = random.below(3)
            safety.holdAbovePercent = random.below(4)
        }
        if random.below(8) == 0 { safety.firstCycle = .hold }
        return safety
    }

    private static func settings(_ length: Length, _ random: inout SplitMix64) -> DistrictSettings {
        var settings = DistrictSettings(name: "town", timezone: "America/Chicago")
        let lot = random.below(20)
        settings.direction = lot == 0 ? .toClever : lot == 1 ? .toSchoology : .both
        settings.conflicts.policy = ConflictPolicy.allCases[random.below(ConflictPolicy.allCases.count)]
        if random.below(4) == 0 { settings.conflicts.protect = [] }
        settings.clever.pageSize = [5, 20, 1000, 1000][random.below(4)]
        settings.clever.maxInFlight = 1 + random.below(4)
        settings.schoology.maxInFlight = 1 + random.below(4)
        settings.schoology.batchSize = [1, 3, 50][random.below(3)]
        settings.clever.recentLookback = .days(Int64(1 + random.below(2)))
        settings.clever.lookback = .days([2, 3, 4, 4, 6, 14][random.below(6)])
        switch length {
        case .days:
            settings.clever.pollInterval = .minutes([15, 60, 120, 240][random.below(4)])
            settings.schoology.pollInterval = .minutes([30, 180, 300, 480][random.below(4)])
        case .weeks:
            settings.clever.pollInterval = .minutes([120, 240, 480][random.below(3)])
            settings.schoology.pollInterval = .minutes([240, 480][random.below(2)])
        case .year:
            settings.clever.pollInterval = .hours(6)
            settings.schoology.pollInterval = .hours(12)
        }
        var sftp = SFTPSettings()
        sftp.uploadInterval = .minutes([10, 60, 240][random.below(3)])
        sftp.confirmWithin = .hours([3, 12][random.below(2)])
        sftp.lastColumn = SFTPSettings.LastColumn.allCases[random.below(2)]
        settings.clever.sftp = sftp
        // Codes that nobody configured: their records wait.
        if random.below(5) == 0 { settings.statusMap.absent.anyOtherCode = nil }
        settings.schoology.rateLimit = random.below(3) == 0 ? RateLimit() : RateLimit(credits: 100)
        settings.schoology.signatureMethod = random.below(2) == 0 ? .hmacSHA1 : .plaintext
        return settings
    }
}
