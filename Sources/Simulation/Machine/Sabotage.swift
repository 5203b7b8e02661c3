import AttendanceCore

/// A fault of the daemon itself, planted to see whether the proof notices.
public enum Sabotage: String, Sendable, CaseIterable {
    // What it sends and hears.
    /// It writes another status than was decided.
    case writesAnotherStatus
    /// It believes that its writes have arrived, and they have not.
    case writesNothing
    /// Its rows for Clever say something else.
    case uploadsAnotherStatus
    /// It sends every read three times.
    case asksTooOften
    /// It takes the first answer about a section for every later one.
    case readsWhatItHasRead
    /// It leaves the comments out of what it writes.
    case dropsComments
    /// It doesn't see that the district is paused.
    case overlooksThePause
    /// It takes a section of the PowerSchool app for one that is just not reachable.
    case overlooksSuspensions

    // What it goes by: another configuration than the district's.
    case letsTheOtherSideWin
    case protectsNothing
    case holdsNothing
    case writesBothWays
    case filesAbsentAsLate
    case looksBackOneDay
    case neverUploads
    case neverReadsBack
    case neverPolls
    case writesLargerBatches
    case spendsTenTimesTheCredits

    /// The configuration that a daemon with this fault goes by.
    func settings(_ settings: DistrictSettings) -> DistrictSettings {
        var settings = settings
        let never = Span.days(3650)
        switch self {
        case .letsTheOtherSideWin:
            switch settings.conflicts.policy {
            case .clever: settings.conflicts.policy = .schoology
            case .schoology, .newest, .hold: settings.conflicts.policy = .clever
            }
        case .protectsNothing: settings.conflicts.protect = []
        case .holdsNothing: settings.safety = SafetySettings()
        case .writesBothWays: settings.direction = .both
        case .filesAbsentAsLate: settings.statusMap.absent.withoutCode = .late
        case .looksBackOneDay:
            settings.clever.lookback = .days(1)
            settings.clever.recentLookback = .days(1)
        case .neverUploads: settings.clever.sftp?.uploadInterval = never
        case .neverReadsBack: settings.schoology.pollInterval = never
        case .neverPolls: settings.clever.pollInterval = never
        case .writesLargerBatches: settings.schoology.batchSize = 50
        case .spendsTenTimesTheCredits: settings.schoology.rateLimit.credits *= 10
        default: break
        }
        return settings
    }
}
