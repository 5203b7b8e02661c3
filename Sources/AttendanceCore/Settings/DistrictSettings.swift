/// `direction`: which side's changes are written to the other.
public enum Direction: String, Sendable, CaseIterable {
    case both
    case toSchoology = "to_schoology"
    case toClever = "to_clever"

    public var writesSchoology: Bool { self != .toClever }
    public var writesClever: Bool { self != .toSchoology }
}

/// `daily`: which of a student's sections a daily record applies to.
public enum DailyPolicy: String, Sendable, CaseIterable {
    case homeroom
    case allSections = "all_sections"
    case none
}

/// `conflicts.policy`: which side wins where both changed to different values.
public enum ConflictPolicy: String, Sendable, CaseIterable {
    case clever
    case schoology
    case newest
    case hold
}

/// `safety.first_cycle`.
public enum FirstCycle: String, Sendable, CaseIterable {
    case write
    case hold
}

/// `signature_method` of OAuth 1.0a (RFC 5849 sections 3.4.2 and 3.4.4).
public enum SignatureMethod: String, Sendable, CaseIterable {
    case hmacSHA1 = "HMAC-SHA1"
    case plaintext = "PLAINTEXT"
}

/// A credential. It has no description that shows it, so that no log, plan or error can.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String
    /// Where it was read from, for a message to whoever has to replace it; empty where it came from no file.
    public let file: String

    public init(_ text: String, file: String = "") {
        self.text = text
        self.file = file
    }

    /// The same credential is the same wherever it was read from.
    public static func == (one: Secret, other: Secret) -> Bool { one.text == other.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The credential itself, for the request that needs it.
    public func reveal() -> String { text }

    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// `rate_limit`: never more than `credits` in any `window`.
public struct RateLimit: Sendable, Hashable {
    public var credits: Int
    public var window: Span
    public var readCost: Int
    public var writeCost: Int

    public init(credits: Int = 15, window: Span = .seconds(5), readCost: Int = 1, writeCost: Int = 3) {
        self.credits = credits
        self.window = window
        self.readCost = readCost
        self.writeCost = writeCost
    }
}

/// `[district.clever]`.
public struct CleverSettings: Sendable, Hashable {
    /// Scheme, host and port, without a slash at the end.
    public var baseURL = "https://api.clever.com"
    public var token = Secret("")
    public var pollInterval: Span = .minutes(5)
    /// Attendance dates scanned whenever the watermark has moved: today and the days before.
    public var recentLookback: Span = .days(3)
    /// Attendance dates scanned at least once a day when the watermark has moved.
    public var lookback: Span = .days(14)
    public var pageSize = 1000
    /// Clever school ids; empty: every school that the token shares.
    public var schools: [String] = []
    public var daily: DailyPolicy = .homeroom
    public var maxInFlight = 4
    public var sftp: SFTPSettings?

    public init() {}
}

/// `[district.clever.sftp]`: the way back to Clever.
public struct SFTPSettings: Sendable, Hashable {
    public enum Credential: Sendable, Hashable {
        case password(Secret)
        /// The key file's path; libssh2 reads it.
        case privateKeyFile(String)
    }

    public enum LastColumn: String, Sendable, CaseIterable {
        case sisID = "Sis_id"
        case attendanceID = "Attendance_id"
    }

    public var url = "sftp://sftp.clever.com:22/~/attendance.csv"
    public var username = Secret("")
    public var credential: Credential = .password(Secret(""))
    public var knownHostsFile = ""
    public var uploadInterval: Span = .hours(1)
    public var confirmWithin: Span = .hours(48)
    public var lastColumn: LastColumn = .sisID

    public init() {}
}

/// `[district.schoology]`.
public struct SchoologySettings: Sendable, Hashable {
    /// `[district.schoology.triggers]`.
    public struct Triggers: Sendable, Hashable {
        /// A loopback address and port.
        public var listen = "127.0.0.1:8787"
        public var path = Secret("")

        public init() {}
    }

    /// Scheme, host and port, without a slash at the end.
    public var baseURL = "https://api.schoology.com"
    public var consumerKey = Secret("")
    public var consumerSecret = Secret("")
    public var signatureMethod: SignatureMethod = .hmacSHA1
    public var pollInterval: Span = .minutes(15)
    public var batchSize = 50
    public var maxInFlight = 4
    public var rateLimit = RateLimit()
    public var triggers: Triggers?

    public init() {}
}

/// `[district.safety]`.
public struct SafetySettings: Sendable, Hashable {
    public var holdAboveCount = 200
    public var holdAbovePercent = 20
    public var firstCycle: FirstCycle = .write

    public init() {}
}

/// `[district.conflicts]`.
public struct ConflictSettings: Sendable, Hashable {
    public var policy: ConflictPolicy = .clever
    public var protect: Set<Status> = [.excused]

    public init() {}
}

/// Everything that is configured for one district, validated, secrets read.
public struct DistrictSettings: Sendable, Hashable {
    public var name: String
    /// A name of the IANA time zone database; the edge that knows the database turns it into offsets.
    public var timezone: String
    public var direction: Direction = .both
    public var clever = CleverSettings()
    public var schoology = SchoologySettings()
    /// A private CA bundle for both sides; empty: the system's, or `SSL_CERT_FILE`.
    public var caFile = ""
    public var matching = MatchingSettings()
    public var statusMap: StatusMap = .standard
    public var conflicts = ConflictSettings()
    public var safety = SafetySettings()

    public init(name: String, timezone: String) {
        self.name = name
        self.timezone = timezone
    }
}
