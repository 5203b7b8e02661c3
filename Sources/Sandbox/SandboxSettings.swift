/// How the servers behave; the defaults are what is known of the real ones.
public struct SandboxSettings: Sendable {
    public var plan: DistrictPlan
    public var clock: SandboxClock = .system
    /// Requests a minute for a Clever token.
    public var cleverRequestsPerMinute = 1200
    /// Credits that Schoology gives for each window.
    public var schoologyCredits = 15
    public var schoologyWindowMilliseconds: Int64 = 5000
    public var schoologyReadCost = 1
    public var schoologyWriteCost = 3
    /// How far a signed timestamp may be from the server's clock, in seconds.
    public var schoologyAllowedSkew = 300
    /// How far a signed timestamp may be behind the last one, in seconds.
    public var schoologyAllowedStep = 0
    /// Schoology serves rows of present too.
    public var schoologyListsPresentRows = false
    /// Dates of an attendance answer, with `links.next` to the others; nil: all.
    public var schoologyDatesPerPage: Int?
    public var cleverToken: String
    public var consumerKey: String
    public var consumerSecret: String
    /// 0: any free port.
    public var cleverPort: UInt16 = 0
    public var schoologyPort: UInt16 = 0
    public var controlPort: UInt16 = 0
    public var faults: [Fault] = []
    /// The folder where `attendance.csv` is dropped.
    public var dropFolder: String?
    /// How often Clever looks into the drop folder by itself; 0: only when told.
    public var ingestEveryMilliseconds: Int64 = 0
    /// Where Schoology sends `attendance.update`: a URL of this machine.
    public var triggerURL: String?
    /// Writes through the API send one too. The documentation doesn't say whether they do.
    public var triggersForWrites = false
    /// How long after an answer that isn't 200 a trigger is sent again.
    public var triggerRetryMilliseconds: Int64 = 600_000

    /// Credentials are made from the plan's seed.
    public init(_ plan: DistrictPlan) {
        self.plan = plan
        var random = SplitMix64(seed: plan.seed ^ 0xC4ED)
        let hex = (0..<8).map { _ in String(random.next() | 1 << 63, radix: 16) }
        cleverToken = hex[0] + hex[1] + hex[2].prefix(8)
        consumerKey = hex[3] + hex[4]
        consumerSecret = hex[5] + hex[6]
    }
}
