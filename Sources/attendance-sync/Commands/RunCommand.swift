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
        let loaded: LoadedConfiguration
        do {
            loaded = try ConfigurationLoader.load(
                path: options.config, environment: ProcessInfo.processInfo.environment)
        } catch {
            StartFailure.tell(error)
            throw ExitStatus.operatorMustAct.exitCode
        }
        let districts: [DistrictSettings]
        do throws(UnknownDistrict) {
            districts = try options.chosen(of: loaded)
        } catch {
            StartFailure.tell(.configRejected, "\(error)", repair: "name one of them")
            throw ExitStatus.usage.exitCode
        }
        OpenFiles.ensure(districts: districts.count)
        let events = EventLog.standard(loaded.configuration)
        SettingNotices.announce(loaded, to: events)
        let daemon: Daemon
        do {
            daemon = try Daemon(
                options: options, configuration: loaded.configuration, districts: districts, events: events)
        } catch let error as StateError {
            StartFailure.tell(.cycleFailed, "\(error)", repair: error.repair)
            throw error.exitStatus.exitCode
        }
        await daemon.run()
    }
}
