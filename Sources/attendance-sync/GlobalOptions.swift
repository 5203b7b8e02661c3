import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    static let standardConfiguration = "/etc/attendance-sync/attendance-sync.toml"

    @Option(help: "The configuration file.")
    var config = GlobalOptions.standardConfiguration

    @Option(help: "Only this district.")
    var district: String?

    @Flag(help: "Print one JSON document (\"version\": 1) instead of text.")
    var json = false

    /// Reads the configuration, or prints every error of it and exits 78.
    ///
    /// - Parameter secrets: false for commands that only read or mend the state.
    func load(secrets: Bool) throws -> LoadedConfiguration {
        do {
            let loaded = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment, loadSecrets: secrets)
            _ = try districts(loaded)
            return loaded
        } catch let errors as ConfigurationErrors {
            Terminal.complain("\(errors)")
            throw ExitStatus.operatorMustAct.exitCode
        }
    }

    /// The one district whose ids a command names.
    func theDistrict(_ loaded: LoadedConfiguration) throws -> DistrictSettings {
        let districts = try districts(loaded)
        guard let only = districts.first, districts.count == 1 else {
            let known = districts.map(\.name).joined(separator: ", ")
            Terminal.complain("this is about one district: add --district NAME (\(known))")
            throw ExitStatus.usage.exitCode
        }
        return only
    }

    /// The districts that the command is about. An unknown `--district` is wrong usage.
    func districts(_ loaded: LoadedConfiguration) throws -> [DistrictSettings] {
        do throws(UnknownDistrict) {
            return try chosen(of: loaded)
        } catch {
            Terminal.complain("\(error)")
            throw ExitStatus.usage.exitCode
        }
    }

    func chosen(of loaded: LoadedConfiguration) throws(UnknownDistrict) -> [DistrictSettings] {
        guard let district else { return loaded.configuration.districts }
        let chosen = loaded.configuration.districts.filter { $0.name == district }
        guard !chosen.isEmpty else {
            throw UnknownDistrict(
                district: district, configuration: config, known: loaded.configuration.districts.map(\.name))
        }
        return chosen
    }
}

/// `--district` names one that isn't configured.
struct UnknownDistrict: Error, CustomStringConvertible {
    var district: String
    var configuration: String
    var known: [String]

    var description: String {
        "--district \(district): there is no such district in \(configuration); it has: \(known.joined(separator: ", "))"
    }
}

extension ExitStatus {
    var exitCode: ExitCode { ExitCode(rawValue) }
}
