import Foundation
import Operations

/// How systemd sees the service. Nothing is said where there is no systemd.
enum SystemdDoctor {
    private static let unit = "attendance-sync"
    private static let name = "systemd unit"

    static func checks() -> [Check] {
        guard FileManager.default.fileExists(atPath: "/run/systemd/system"), let text = properties() else { return [] }
        let unit = SystemdUnit(text)
        return unit.isInstalled ? [check(unit), sandbox(unit)] : [check(unit)]
    }

    /// Whether the service may do more than it needs to, as somebody's drop-in may let it.
    static func sandbox(_ unit: SystemdUnit) -> Check {
        let name = "unit sandbox"
        let missing = (unit.user == nil ? ["it runs as root"] : []) + unit.missingProtections
        guard missing.isEmpty else {
            return .warning(
                name, "weaker than it comes: \(missing.joined(separator: ", "))",
                repair:
                    "`systemctl cat \(Self.unit)` shows the drop-in that changes it; \(Self.unit).service comes with all of it"
            )
        }
        return .ok(name, "runs as \(unit.user ?? ""), the system read-only, no core dumps, state for itself alone")
    }

    static func check(_ unit: SystemdUnit) -> Check {
        guard unit.isInstalled else { return .skipped(name, "there is no unit \(Self.unit).service here") }
        let restarts = unit.restarts > 0 ? ", restarted \(Words.count(unit.restarts, "time"))" : ""
        let found = "\(unit.state)\(unit.since.map { " since \($0)" } ?? "")\(restarts)"
        var details: [String] = []
        if unit.watchdog != nil || unit.openFiles != nil {
            details.append("watchdog \(unit.watchdog ?? "off"), at most \(unit.openFiles ?? "?") open files")
        }
        guard unit.isActive else {
            return .warning(
                name, found, details,
                repair:
                    "`journalctl -u \(Self.unit) -n 50` says why it ended; `systemctl enable --now \(Self.unit)` starts it"
            )
        }
        guard unit.watchdog != nil else {
            return .warning(
                name, found, details,
                repair: "add WatchdogSec=10min to the unit, so that systemd restarts a service that has got stuck")
        }
        return .ok(name, found, details)
    }

    private static func properties() -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["systemctl", "show", unit, "--property=\(SystemdUnit.properties.joined(separator: ","))"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
