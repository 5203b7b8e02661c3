import ArgumentParser
import Foundation
import Sandbox

/// A local Clever and a local Schoology with a district in them, to try attendance-sync without credentials.
@main
struct AttendanceSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attendance-sandbox",
        abstract: "A local Clever and Schoology with a generated district, for trying attendance-sync.",
        discussion: """
            Starts on free ports of 127.0.0.1, says where, and serves until SIGTERM or SIGINT. While it runs, \
            POST /_sandbox/… on the control URL changes records, finishes syncs and installs faults; \
            docs/SANDBOX.md describes it.
            """)

    @OptionGroup(title: "District") var district: DistrictOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Back to Clever") var backward: BackwardOptions
    @OptionGroup(title: "Configuration of attendance-sync") var written: ConfigurationOptions

    @Flag(help: "Print one JSON document instead of a summary.")
    var json = false

    @Flag(help: "Print nothing but --json's document.")
    var quiet = false

    @Option(help: ArgumentHelp("A JSON file of faults to install.", valueName: "file"))
    var faults: String?

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "A fault to install, such as side=schoology,method=PUT,action=status,status=503,count=2.",
            valueName: "fault"))
    var fault: [String] = []

    @Option(name: .customLong("for"), help: ArgumentHelp("Stop by itself after this long.", valueName: "duration"))
    var duration = Seconds(3600)

    @Flag(help: "Stop when standard input closes.")
    var untilStdinCloses = false

    func validate() throws {
        guard !written.triggers || backward.triggerURL == nil else {
            throw ValidationError("--triggers makes a --trigger-url of its own")
        }
        guard written.direction?.needsSFTP != true || !backward.noSftp else {
            throw ValidationError("--direction \(written.direction?.rawValue ?? "") needs SFTP: leave out --no-sftp")
        }
    }

    func run() async throws {
        let stop = StopSignal(untilStdinCloses: untilStdinCloses, after: duration)
        var settings = SandboxSettings(try district.plan())
        limits.apply(to: &settings)
        settings.faults = try readFaults()
        let folder = try DropFolder(at: backward.dropFolder)
        defer { folder.removeIfTemporary() }
        let sftp = DropServer(folder: folder, options: backward)
        defer { sftp.server?.stop() }
        try announce(missing: sftp.missing)
        let triggers = try written.triggerAddress()
        backward.apply(to: &settings, dropFolder: folder, triggers: triggers)
        let sandbox: LocalSandbox
        do {
            sandbox = try await LocalSandbox.start(settings)
        } catch let error as SandboxError {
            throw ValidationError(error.description)
        }
        var files: ConfigurationFiles?
        if let path = written.path {
            let configuration = ConfigurationFile(
                sandbox: sandbox, timezone: district.timezone, options: written, sftp: sftp.server, triggers: triggers)
            files = try configuration.write(to: path)
        }
        let summary = Summary(sandbox, dropFolder: folder.path, sftp: sftp, triggers: triggers, files: files)
        if json {
            print(try summary.json())
        } else if !quiet {
            print(summary.text)
        }
        fflush(nil)
        await stop.wait()
        await sandbox.stop()
    }

    /// Says on standard error that there is no SFTP server, where one was wanted.
    private func announce(missing reason: String?) throws {
        guard let reason, !backward.noSftp else { return }
        if let direction = written.direction, direction.needsSFTP {
            throw ValidationError("--direction \(direction.rawValue) needs SFTP: \(reason)")
        }
        let text = "attendance-sandbox: nothing is offered over SFTP: \(reason)\n"
        FileHandle.standardError.write(Data(text.utf8))
    }

    private func readFaults() throws -> [Fault] {
        var result: [Fault] = []
        do {
            if let faults {
                result += try Fault.list(json: Array(try Data(contentsOf: URL(fileURLWithPath: faults))))
            }
            for text in fault { result.append(try Fault(parsing: text)) }
        } catch let error as Fault.Unreadable {
            throw ValidationError(error.description)
        }
        return result
    }
}

/// `path`, seen from the current directory if it is relative.
func absolutePath(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
}
