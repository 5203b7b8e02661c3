import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine

/// The configuration and the files that it names.
struct ConfigurationDoctor {
    let path: String
    private(set) var checks: [Check] = []
    /// Nil where nothing of it can be used.
    private(set) var loaded: LoadedConfiguration?
    /// False where only the file itself is in order.
    private(set) var hasSecrets = false

    init(path: String) {
        self.path = path
        let environment = ProcessInfo.processInfo.environment
        let files = ServiceFiles.Recorder()
        do {
            let loaded = try ConfigurationLoader.load(path: path, environment: environment, files: files.access)
            self.loaded = loaded
            hasSecrets = true
            checks.append(
                .ok(
                    "configuration",
                    "\(path) is valid: \(loaded.configuration.districts.map(\.name).joined(separator: ", "))",
                    loaded.notices.map { "note: \($0)" }))
            checks.append(Self.secrets(files.files, configuration: path))
            checks += (ServiceFiles.ofUnit(loaded, configuration: path, files: files.files) ?? []).map {
                .failed("files of the service", "\($0.file): \($0.what)", repair: $0.repair)
            }
        } catch {
            loaded = try? ConfigurationLoader.load(path: path, environment: environment, loadSecrets: false)
            checks = error.all.map {
                let place = $0.line.map { ":\($0)" } ?? ""
                return .failed(
                    "configuration", "\($0.file)\(place): \($0.key.isEmpty ? "" : "\($0.key): ")\($0.message)",
                    repair: $0.hint)
            }
        }
    }

    /// The loader refuses what others can read, so all of these are in order.
    private static func secrets(_ files: [(path: String, mode: UInt32)], configuration: String) -> Check {
        let others = files.filter { $0.path != configuration && !$0.path.hasSuffix("/" + configuration) }
        let lines = others.map { file in
            let digits = String(file.mode, radix: 8)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + " " + file.path
        }
        return .ok(
            "secrets and other files", "\(Words.count(lines.count, "file")), no secret readable by others", lines)
    }

    static func timeZone(_ settings: DistrictSettings, now: Timestamp) -> Check {
        let name = "time zone"
        guard TimeZone(identifier: settings.timezone) != nil else {
            return .failed(
                name, "\(settings.timezone) is not known on this machine", repair: "install Debian's package tzdata")
        }
        let there = (now + DistrictCalendar(settings).offset(at: now)).description
        return .ok(name, "\(settings.timezone), where it is \(there.prefix(10)) \(there.dropFirst(11).prefix(5)) now")
    }

    static func overrides(_ settings: DistrictSettings) -> Check? {
        let path = settings.matching.overridesFile
        guard !path.isEmpty else { return nil }
        do {
            let read = try OverridesFile.read(path)
            let count = read.map { $0.overrides.sections.count + $0.overrides.students.count } ?? 0
            return .ok("overrides", "\(path): \(Words.count(count, "line"))")
        } catch {
            return .failed(
                "overrides", "\(path): \(error)",
                repair:
                    "a line is kind,clever_id,schoology_id with kind section or student; the last good version holds until then"
            )
        }
    }
}
