/// One line of the log, before it is formatted: ids only, never a name, a token or a secret.
public struct Event: Sendable, Hashable {
    /// syslog's severities, as far as this program uses them (RFC 5424 section 6.2.1).
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug = 7
        case info = 6
        case notice = 5
        case warning = 4
        case error = 3

        /// True when the left is the less severe.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue > right.rawValue }
    }

    public enum Value: Sendable, Hashable, CustomStringConvertible {
        case text(String)
        case integer(Int64)
        case flag(Bool)

        public var description: String {
            switch self {
            case .text(let text): text
            case .integer(let number): String(number)
            case .flag(let flag): flag ? "true" : "false"
            }
        }
    }

    public struct Field: Sendable, Hashable {
        public var key: String
        public var value: Value

        public init(_ key: String, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The stable names of `docs/LOGS.md`.
    public enum Name: String, Sendable, CaseIterable {
        case serviceStarted = "service.started"
        case serviceStopped = "service.stopped"
        case configReloaded = "config.reloaded"
        case configRejected = "config.rejected"
        case configUnused = "config.unused"
        case cycleStarted = "cycle.started"
        case cycleFinished = "cycle.finished"
        case cycleFailed = "cycle.failed"
        case cycleOverdue = "cycle.overdue"
        case cycleStalled = "cycle.stalled"
        case districtRemoved = "district.removed"
        case cleverUnchanged = "clever.unchanged"
        case cleverScanned = "clever.scanned"
        case cleverSchoolMissing = "clever.school_missing"
        case rosterRefreshed = "roster.refreshed"
        case recordQuarantined = "record.quarantined"
        case matchMissing = "match.missing"
        case matchAmbiguous = "match.ambiguous"
        case conflictDetected = "conflict.detected"
        case conflictResolved = "conflict.resolved"
        case pushSent = "push.sent"
        case pushItemRetried = "push.item_retried"
        case pushItemRejected = "push.item_rejected"
        case pushUnknown = "push.unknown"
        case sectionSuspended = "section.suspended"
        case sectionResumed = "section.resumed"
        case csvUploaded = "csv.uploaded"
        case csvConfirmed = "csv.confirmed"
        case csvOverdue = "csv.overdue"
        case valveHeld = "valve.held"
        case districtPaused = "district.paused"
        case authFailed = "auth.failed"
        case authRecovered = "auth.recovered"
        case rateWaiting = "rate.waiting"
        case outboxDead = "outbox.dead"
        case stateMigrated = "state.migrated"
        case statePurged = "state.purged"
        case triggerReceived = "trigger.received"
        case triggerListening = "trigger.listening"
        case triggerUnavailable = "trigger.unavailable"
    }

    public var level: Level
    public var name: Name
    public var district: String?
    public var cycle: Int64?
    /// In the order in which they are printed.
    public var fields: [Field]

    public init(
        _ level: Level, _ name: Name, district: String? = nil, cycle: Int64? = nil,
        _ fields: KeyValuePairs<String, Value> = [:]
    ) {
        self.level = level
        self.name = name
        self.district = district
        self.cycle = cycle
        self.fields = fields.map { Field($0.key, $0.value) }
    }
}

extension Event.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }

    public static func int(_ number: some BinaryInteger) -> Event.Value { .integer(Int64(number)) }
    public static func id(_ value: some CustomStringConvertible) -> Event.Value { .text(value.description) }
}

/// Where events go: the log of the daemon, or a simulator's transcript.
public protocol EventSink: Sendable {
    func record(_ event: Event)
}
