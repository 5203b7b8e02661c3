import AttendanceCore

/// The whole configuration, validated: `[service]` and every `[[district]]`.
public struct ServiceConfiguration: Sendable, Hashable {
    static let standardStateDirectory = "/var/lib/attendance-sync"

    /// Absolute.
    public var stateDirectory = ServiceConfiguration.standardStateDirectory
    public var logFormat: LogFormat = .logfmt
    /// Events less severe than this are not logged.
    public var logLevel: Event.Level = .info
    public var retention: Span = .days(180)
    public var districts: [DistrictSettings] = []

    public init() {}
}
