import Foundation
import Sandbox

/// A configuration of attendance-sync that works against a sandbox, with its secrets in files beside it.
struct ConfigurationFile {
    let sandbox: LocalSandbox
    let timezone: String
    let pollInterval: Seconds

    /// Writes `path`, the secret files (mode 0600) and the state directory.
    func write(to path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try files.createDirectory(
            atPath: "\(directory)/state", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try secret(sandbox.settings.cleverToken, "\(directory)/sandbox.clever-token")
        try secret(sandbox.settings.consumerKey, "\(directory)/sandbox.schoology-key")
        try secret(sandbox.settings.consumerSecret, "\(directory)/sandbox.schoology-secret")
        try Data(toml(stateDirectory: "\(directory)/state").utf8).write(to: URL(fileURLWithPath: path))
    }

    private func secret(_ text: String, _ path: String) throws {
        let files = FileManager.default
        try? files.removeItem(atPath: path)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard files.createFile(atPath: path, contents: Data((text + "\n").utf8), attributes: attributes) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        try files.setAttributes(attributes, ofItemAtPath: path)
    }

    private func toml(stateDirectory: String) -> String {
        let settings = sandbox.settings
        return """
            # Written by attendance-sandbox; works until it stops.
            [service]
            state_directory = \(quoted(stateDirectory))

            [[district]]
            name = "sandbox"
            timezone = \(quoted(timezone))
            direction = "to_schoology"

            [district.clever]
            base_url = \(quoted(sandbox.cleverURL))
            token_file = "sandbox.clever-token"
            poll_interval = "\(pollInterval)"
            lookback = "\(settings.plan.days)d"
            recent_lookback = "\(min(3, settings.plan.days))d"

            [district.schoology]
            base_url = \(quoted(sandbox.schoologyURL))
            consumer_key_file = "sandbox.schoology-key"
            consumer_secret_file = "sandbox.schoology-secret"
            rate_limit = { credits = \(settings.schoologyCredits), window = \
            "\(settings.schoologyWindowMilliseconds / 1000)s", read_cost = \(settings.schoologyReadCost), \
            write_cost = \(settings.schoologyWriteCost) }

            """
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\""))\""
    }
}
