import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine

struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Parse and validate the configuration and its secrets.",
        discussion: "Prints every error with file, line, column, key and what would be right. Changes nothing.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            let files = ServiceFiles.Recorder()
            let loaded = try ConfigurationLoader.load(
                path: options.config, environment: environment, files: files.access)
            let districts = try options.districts(loaded)
            try checkOverrides(of: districts)
            try checkService(loaded, files.files)
            let names = Set(districts.map(\.name))
            let notices = loaded.notices.filter { $0.district.map(names.contains) ?? true }
            if options.json {
                try Terminal.say(
                    json: CheckDocument(
                        valid: true, districts: districts.map(\.name), errors: [],
                        notices: notices.map { "\($0)" }))
            } else {
                Terminal.say("\(options.config) is valid: \(districts.map(\.name).joined(separator: ", "))")
                for notice in notices { Terminal.say("note: \(notice)") }
            }
        } catch let errors as ConfigurationErrors {
            if options.json {
                try Terminal.say(
                    json: CheckDocument(
                        valid: false, districts: [],
                        errors: errors.all.map {
                            .init(
                                file: $0.file, line: $0.line, column: $0.column, key: $0.key, message: $0.message,
                                hint: $0.hint)
                        }, notices: []))
            } else {
                Terminal.complain("\(errors)")
            }
            throw ExitStatus.operatorMustAct.exitCode
        }
    }

    /// What root can read, the service may not be able to.
    private func checkService(_ loaded: LoadedConfiguration, _ files: [(path: String, mode: UInt32)]) throws {
        let problems = ServiceFiles.ofUnit(loaded, configuration: options.config, files: files) ?? []
        guard problems.isEmpty else {
            throw ConfigurationErrors(
                problems.map {
                    ConfigurationError(file: $0.file, position: nil, key: "", message: $0.what, hint: $0.repair)
                })
        }
    }

    /// The overrides files are part of the configuration.
    private func checkOverrides(of districts: [DistrictSettings]) throws {
        var errors: [ConfigurationError] = []
        for file in districts.map(\.matching.overridesFile) {
            do {
                _ = try OverridesFile.read(file)
            } catch let error as OverridesUnreadable {
                errors.append(
                    ConfigurationError(
                        file: file, position: nil, key: "", message: error.problem.words, hint: error.repair))
            } catch {
                let line = error as? OverridesError
                errors.append(
                    ConfigurationError(
                        file: file, position: line.map { SourcePosition(line: $0.line, column: 1) }, key: "",
                        message: line?.problem ?? "\(error)",
                        hint: "a line is kind,clever_id,schoology_id with kind section or student"))
            }
        }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    }
}

/// `check-config --json`.
struct CheckDocument: Encodable {
    struct Problem: Encodable {
        var file: String
        var line: Int?
        var column: Int?
        var key: String
        var message: String
        var hint: String
    }

    var version = 1
    var valid: Bool
    var districts: [String]
    var errors: [Problem]
    var notices: [String]
}
