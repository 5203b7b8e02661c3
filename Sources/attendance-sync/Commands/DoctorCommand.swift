import ArgumentParser
import AttendanceCore
import Foundation
import Operations
import Transport

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything the service depends on, and say how to mend what is wrong.",
        discussion: """
            Configuration, disk, state, credentials and what they may read, clocks, certificates, matches, and whether \
            attendance.csv would get to Clever. Writes nothing to either side but a small file to the SFTP server, \
            under a name of its own, which it removes. May run beside the service. Exits 78 when a person must act, \
            69 when a side is unreachable, 0 when all is well, warnings included.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let configuration = ConfigurationDoctor(path: options.config)
        let now = Timestamp.current
        var service = configuration.checks
        var districts: [DoctorDocument.District] = []
        if let loaded = configuration.loaded {
            let chosen = try options.districts(loaded)
            let directory = loaded.configuration.stateDirectory
            service += DiskDoctor(directory: directory).checks() + SystemdDoctor.checks()
            show("service", service)
            let loop = configuration.hasSecrets ? try CurlLoop() : nil
            for settings in chosen {
                let checks = await DistrictDoctor(
                    settings: settings, stateDirectory: directory, loop: loop, now: now
                ).checks()
                show(settings.name, checks)
                districts.append(.init(district: settings.name, checks: checks))
            }
            await loop?.shutdown()
        } else {
            show("service", service)
        }
        let all = service + districts.flatMap(\.checks)
        if options.json {
            try Terminal.say(
                json: DoctorDocument(result: Self.worst(all), service: service, districts: districts))
        } else {
            Terminal.say(Self.summary(all))
        }
        let status = ExitStatus.worst(of: all.map(\.exitStatus))
        guard status == .done else { throw status.exitCode }
    }

    /// Group by group, as they come: some take a few seconds.
    private func show(_ name: String, _ checks: [Check]) {
        guard !options.json else { return }
        Terminal.say(([name] + checks.map(\.text)).joined(separator: "\n") + "\n")
    }

    private static func summary(_ checks: [Check]) -> String {
        let failed = checks.count { $0.result == .failed }
        let warnings = checks.count { $0.result == .warning }
        guard failed + warnings > 0 else { return "All is well: \(Words.count(checks.count, "check"))." }
        return "\(failed) failed, \(Words.count(warnings, "warning")), of \(Words.count(checks.count, "check"))."
    }

    private static func worst(_ checks: [Check]) -> Check.Result {
        if checks.contains(where: { $0.result == .failed }) { return .failed }
        return checks.contains { $0.result == .warning } ? .warning : .ok
    }
}
