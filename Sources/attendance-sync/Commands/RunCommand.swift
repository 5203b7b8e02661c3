import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The daemon: all districts, until SIGTERM.",
        discussion: """
            SIGTERM and SIGINT finish the request in flight, store, and exit 0. SIGHUP reads the configuration again \
            and keeps the old one, with an error, if the new one is bad.
            """)

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let loaded = try options.load(secrets: true)
        let districts = try options.districts(loaded)
        OpenFiles.ensure(districts: districts.count)
        let events = EventLog.standard(loaded.configuration)
        SettingNotices.announce(loaded, to: events)
        let daemon: Daemon
        do {
            daemon = try Daemon(
                options: options, configuration: loaded.configuration, districts: districts, events: events)
        } catch let error as StateError {
            Terminal.complain("\(error)\n  to mend it: \(error.repair)")
            throw error.exitStatus.exitCode
        }
        await daemon.run()
    }
}
