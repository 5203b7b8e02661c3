import Foundation
import Sandbox

/// A configuration of attendance-sync that works against a sandbox, with its secrets in files beside it.
struct ConfigurationFile {
    let sandbox: LocalSandbox
    let timezone: String
    let options: ConfigurationOptions
    let sftp: OpenSSHServer?
    let triggers: TriggerAddress?

    /// Writes `path`, the secret files (mode 0600), the known-hosts file and the state directory.
    func write(to path: String) throws -> ConfigurationFiles {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try files.createDirectory(
            atPath: "\(directory)/state", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try secret(sandbox.settings.cleverToken, "\(directory)/sandbox.clever-token")
        try secret(sandbox.settings.consumerKey, "\(directory)/sandbox.schoology-key")
        try secret(sandbox.settings.consumerSecret, "\(directory)/sandbox.schoology-secret")
        var passwordFile: String?
        var keyFile: String?
        if let sftp {
            try secret(sftp.user, "\(directory)/sandbox.sftp-user")
            if let password = sftp.password {
                passwordFile = "\(directory)/sandbox.sftp-password"
                try secret(password, passwordFile ?? "")
            } else if let key = sftp.privateKeyFile {
                keyFile = "\(directory)/sandbox.sftp-key"
                try secret(try String(contentsOfFile: key, encoding: .utf8), keyFile ?? "")
            }
            try Data(sftp.knownHosts().utf8).write(to: URL(fileURLWithPath: "\(directory)/known_hosts"))
        }
        if let triggers { try secret(triggers.path, "\(directory)/sandbox.trigger-path") }
        try Data(toml(stateDirectory: "\(directory)/state").utf8).write(to: URL(fileURLWithPath: path))
        return ConfigurationFiles(
            configuration: path, passwordFile: passwordFile, privateKeyFile: keyFile,
            knownHostsFile: sftp == nil ? nil : "\(directory)/known_hosts")
    }

    private func secret(_ text: String, _ path: String) throws {
        let files = FileManager.default
        try? files.removeItem(atPath: path)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        let line = text.hasSuffix("\n") ? text : text + "\n"
        guard files.createFile(atPath: path, contents: Data(line.utf8), attributes: attributes) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
        try files.setAttributes(attributes, ofItemAtPath: path)
    }

    private func toml(stateDirectory: String) -> String {
        let settings = sandbox.settings
        let direction = options.direction ?? (sftp == nil ? .toSchoology : .both)
        return """
            # Written by attendance-sandbox; works until it stops.
            [service]
            state_directory = \(quoted(stateDirectory))

            [[district]]
            name = "sandbox"
            timezone = \(quoted(timezone))
            direction = "\(direction.rawValue)"

            [district.clever]
            base_url = \(quoted(sandbox.cleverURL))
            token_file = "sandbox.clever-token"
            poll_interval = "\(options.pollInterval)"
            lookback = "\(settings.plan.days)d"
            recent_lookback = "\(min(3, settings.plan.days))d"
            \(sftpTable)
            [district.schoology]
            base_url = \(quoted(sandbox.schoologyURL))
            consumer_key_file = "sandbox.schoology-key"
            consumer_secret_file = "sandbox.schoology-secret"
            poll_interval = "\(options.readBackInterval)"
            rate_limit = { credits = \(settings.schoologyCredits), window = \
            "\(settings.schoologyWindowMilliseconds / 1000)s", read_cost = \(settings.schoologyReadCost), \
            write_cost = \(settings.schoologyWriteCost) }
            \(triggerTable)
            [district.conflicts]
            policy = "\(options.policy.rawValue)"

            """
    }

    private var sftpTable: String {
        guard let sftp else { return "" }
        let credential =
            sftp.password == nil
            ? "private_key_file = \"sandbox.sftp-key\"" : "password_file = \"sandbox.sftp-password\""
        return """

            [district.clever.sftp]
            url = \(quoted(sftp.url()))
            username_file = "sandbox.sftp-user"
            \(credential)
            known_hosts_file = "known_hosts"
            upload_interval = "\(options.uploadInterval)"

            """
    }

    private var triggerTable: String {
        guard let triggers else { return "" }
        return """

            [district.schoology.triggers]
            listen = "\(triggers.listen)"
            path_file = "sandbox.trigger-path"

            """
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\""))\""
    }
}
