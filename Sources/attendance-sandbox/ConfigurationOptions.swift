import ArgumentParser
import Foundation
import Sandbox

/// What is written into a configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write a configuration that works against the sandbox.", valueName: "file"))
    var writeConfig: String?

    @Option(
        help: ArgumentHelp(
            "direction in it: both, to_schoology or to_clever. (default: both, or to_schoology without SFTP)",
            valueName: "direction"))
    var direction: SyncDirection?

    @Option(help: ArgumentHelp("How often Clever is asked.", valueName: "duration"))
    var pollInterval = Seconds(5)

    @Option(help: ArgumentHelp("How often each of Schoology's sections is read back.", valueName: "duration"))
    var readBackInterval = Seconds(60)

    @Option(help: ArgumentHelp("How often attendance.csv is uploaded at most.", valueName: "duration"))
    var uploadInterval = Seconds(60)

    @Option(
        help: ArgumentHelp("conflicts.policy in it: clever, schoology, newest or hold.", valueName: "policy"))
    var policy = ConflictPolicy.clever

    @Flag(help: "Triggers are listened for, at a port and a secret path of its own, and the sandbox sends them there.")
    var triggers = false

    var path: String? { writeConfig.map { absolutePath($0) } }

    func validate() throws {
        guard writeConfig != nil || (direction == nil && !triggers) else {
            throw ValidationError("--direction and --triggers are for --write-config")
        }
    }

    /// Where the daemon is to listen for triggers, if it is to.
    func triggerAddress() throws -> TriggerAddress? {
        triggers ? try TriggerAddress() : nil
    }
}
