import ArgumentParser
import Sandbox

/// What concerns the way from Schoology back to Clever.
struct BackwardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How often Clever looks for a new attendance.csv in the drop folder; 0: only when told. (default: 5)",
            valueName: "seconds"),
        transform: { text in
            guard let seconds = Seconds(argument: text)?.count ?? Int(text), (0...1_000_000).contains(seconds) else {
                throw ValidationError("a number of seconds, not \(text)")
            }
            return seconds
        })
    var ingestEvery = 5

    @Option(help: ArgumentHelp("Folder where attendance.csv is dropped.", valueName: "dir"))
    var dropFolder: String?

    @Flag(help: "Don't offer the drop folder over SFTP.")
    var noSftp = false

    @Option(
        help: ArgumentHelp(
            "How the SFTP server lets in: key or password. A password takes root.", valueName: "login"))
    var sftpLogin = SFTPLogin.key

    @Option(
        help: ArgumentHelp(
            "Where Schoology sends attendance.update events; http://127.0.0.1:<port>/… only.", valueName: "url"))
    var triggerURL: String?

    @Flag(help: "Writes through Schoology's API send a trigger too.")
    var triggerWrites = false

    @Option(help: ArgumentHelp("How long after a failure a trigger is sent again.", valueName: "duration"))
    var triggerRetry = Seconds(600)

    func apply(to settings: inout SandboxSettings, dropFolder folder: DropFolder, triggers: TriggerAddress?) {
        settings.dropFolder = folder.path
        settings.ingestEveryMilliseconds = Int64(ingestEvery) * 1000
        settings.triggerURL = triggers?.url ?? triggerURL
        settings.triggersForWrites = triggerWrites
        settings.triggerRetryMilliseconds = Int64(triggerRetry.count) * 1000
    }
}
