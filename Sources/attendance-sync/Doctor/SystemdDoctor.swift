import Foundation
import Operations

/// How systemd sees the service. Nothing is said where there is no systemd.
enum SystemdDoctor {
    private static let service = "attendance-sync.service"
    private static let timer = "attendance-sync-once.timer"
    private static let name = "systemd unit"

    static func checks() -> [Check] {
        guard let units = units() else { return [] }
        return checks(units)
    }

    /// The service for all districts, those for one district each, and the timer, as far as systemd knows of them; nil without
    /// systemd.
    static func units() -> [SystemdUnit]? {
        guard FileManager.default.fileExists(atPath: "/run/systemd/system") else { return nil }
        return show([service, "attendance-sync@*.service", timer]).map(SystemdUnit.all)
    }

    /// Any of the three ways to run it will do.
    static func checks(_ units: [SystemdUnit]) -> [Check] {
        guard let main = units.first(where: { $0.id == service }), main.isInstalled else {
            return [.skipped(name, "there is no unit \(service) here")]
        }
        let services = units.filter { $0.id != timer && $0.isInstalled }
        var checks = services.filter { $0.isActive || $0.hasFailed }.map(check)
        if checks.isEmpty {
            let isTimed = units.contains { $0.id == timer && $0.isActive }
            checks = [isTimed ? .ok(name, "\(timer) runs it") : check(main)]
        }
        let inForce = services.filter(\.isActive)
        return checks + (inForce.isEmpty ? [main] : inForce).map(sandbox)
    }

    /// Whether the service may do more than it needs to, as somebody's drop-in may let it.
    private static func sandbox(_ unit: SystemdUnit) -> Check {
        let name = "unit sandbox"
        let missing = (unit.user == nil ? ["it runs as root"] : []) + unit.missingProtections
        guard missing.isEmpty else {
            return .warning(
                name, "weaker than it comes: \(missing.joined(separator: ", "))",
                repair: "`systemctl cat \(unit.id)` shows the drop-in that changes it; the package's unit has all of it"
            )
        }
        return .ok(name, "runs as \(unit.user ?? ""), the system read-only, no core dumps, state for itself alone")
    }

    private static func check(_ unit: SystemdUnit) -> Check {
        let restarts = unit.restarts > 0 ? ", restarted \(Words.count(unit.restarts, "time"))" : ""
        let name = unit.id == service ? "" : "\(unit.id) "
        let found = "\(name)\(unit.state)\(unit.since.map { " since \($0)" } ?? "")\(restarts)"
        if unit.hasFailed {
            return .failed(
                Self.name, found,
                repair: "`journalctl -u \(unit.id) -n 50` says why; once that is mended: `systemctl start \(unit.id)`")
        }
        guard unit.isActive else {
            return .warning(
                Self.name, found,
                repair:
                    "`systemctl enable --now \(unit.id)` starts it; `journalctl -u \(unit.id) -n 50` says why it ended")
        }
        let details = ["watchdog \(unit.watchdog ?? "off"), at most \(unit.openFiles ?? "?") open files"]
        guard unit.watchdog != nil else {
            return .warning(
                Self.name, found, details,
                repair: "add WatchdogSec=10min to the unit, so that systemd restarts a service that has got stuck")
        }
        return .ok(Self.name, found, details)
    }

    private static func show(_ units: [String]) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["systemctl", "show"] + units + ["--property=\(SystemdUnit.properties.joined(separator: ","))"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
