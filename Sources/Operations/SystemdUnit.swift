/// What `systemctl show` says of a unit.
public struct SystemdUnit: Sendable, Equatable {
    /// What to ask for.
    public static let properties =
        [
            "Id", "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "ActiveEnterTimestamp", "WatchdogUSec",
            "LimitNOFILE",
        ] + identity + protections.map(\.property)

    /// `attendance-sync@springfield.service`.
    public var id = ""
    public var isInstalled = false
    public var hasFailed = false
    public var isActive = false
    /// `active (running)`, `failed (exit-code)`.
    public var state = ""
    /// As systemd writes it; nil when it never ran.
    public var since: String?
    public var restarts = 0
    /// As systemd writes it, `10min`; nil when there is none.
    public var watchdog: String?
    public var openFiles: String?
    /// What keeps the service in its sandbox and is not in force, as `ProtectSystem=no`; empty where all of it is.
    public var missingProtections: [String] = []
    /// The user that it runs as; nil for root.
    public var user: String?
    /// That user exists only while it runs.
    public var hasDynamicUser = false

    /// What the unit that comes with attendance-sync sets, itself or by `DynamicUser=` (systemd.exec(5)), and the values
    /// that are as good.
    private static let protections: [(property: String, values: Set<String>)] = [
        ("NoNewPrivileges", ["yes"]), ("ProtectSystem", ["strict"]), ("ProtectHome", ["yes", "read-only", "tmpfs"]),
        ("PrivateTmp", ["yes"]), ("StateDirectoryMode", ["0700"]), ("LimitCORE", ["0"]),
    ]
    private static let identity = ["DynamicUser", "User"]

    /// - Parameter text: what `systemctl show` prints of several units, an empty line between them.
    public static func all(_ text: String) -> [SystemdUnit] {
        text.split(separator: "\n\n").map { SystemdUnit(String($0)) }
    }

    /// - Parameter text: lines of `Name=value`.
    public init(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        func value(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
        id = value("Id") ?? ""
        isInstalled = value("LoadState") == "loaded"
        let active = value("ActiveState") ?? "unknown"
        isActive = ["active", "reloading", "activating"].contains(active)
        hasFailed = active == "failed"
        let result = value("Result")
        let detail = active == "failed" ? result : value("SubState")
        state = detail.map { "\(active) (\($0))" } ?? active
        since = isActive ? value("ActiveEnterTimestamp") : nil
        restarts = value("NRestarts").flatMap { Int($0) } ?? 0
        watchdog = value("WatchdogUSec").flatMap { ["0", "infinity"].contains($0) ? nil : $0 }
        openFiles = value("LimitNOFILE")
        hasDynamicUser = value("DynamicUser") == "yes"
        user =
            hasDynamicUser ? "a user of its own" : value("User").flatMap { $0 == "root" ? nil : $0 }
        missingProtections = Self.protections.compactMap { property, values in
            let value = value(property) ?? ""
            return values.contains(value) ? nil : "\(property)=\(value)"
        }
    }
}
