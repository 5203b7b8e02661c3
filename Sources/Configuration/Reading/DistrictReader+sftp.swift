import AttendanceCore

extension DistrictReader {
    /// `[district.clever.sftp]`; nil where it isn't written, which is an error for a direction that needs it.
    func sftp(_ clever: TableReader, _ district: DistrictSettings) -> SFTPSettings? {
        guard let table = clever.table(ConfigurationReference.sftp) else {
            if district.direction.writesClever, !clever.isSet("sftp") {
                let named = reader.isSet("direction") ? "" : ", which holds when none is written,"
                clever.report(
                    "sftp", "is missing, and the direction \"\(district.direction.rawValue)\"\(named) needs it",
                    "add [district.clever.sftp] with username_file, password_file and known_hosts_file, or write "
                        + "direction = \"to_schoology\"")
            }
            return nil
        }
        var settings = SFTPSettings()
        if let url = AddressReader.sftpURL("url", table) { settings.url = url }
        if let span = table.span("upload_interval") { settings.uploadInterval = span }
        if let span = table.span("confirm_within") { settings.confirmWithin = span }
        if let column: SFTPSettings.LastColumn = table.choice("last_column") { settings.lastColumn = column }
        let hostKeys = fileName("known_hosts_file", table, standard: "known_hosts")
        guard !(table.isSet("password_file") && table.isSet("private_key_file")) else {
            table.report("private_key_file", "password_file is there too", "keep one of the two")
            return settings
        }
        // What the direction doesn't use needs no secrets.
        guard district.direction.writesClever else {
            for key in ["username_file", "password_file", "private_key_file"] { _ = table.text(key) }
            settings.knownHostsFile = hostKeys.map(finder.filePath) ?? ""
            return settings
        }
        if let user = secret("username_file", standard: ".sftp-user", table, district) { settings.username = user }
        if table.isSet("private_key_file") {
            if let path = privateKey(table) { settings.credential = .privateKeyFile(path) }
        } else if let password = secret("password_file", standard: ".sftp-password", table, district) {
            settings.credential = .password(password)
        }
        if let hostKeys { settings.knownHostsFile = knownHosts(hostKeys, table, url: settings.url) }
        return settings
    }

    /// The path of the key file, which libssh2 reads by itself.
    private func privateKey(_ table: TableReader) -> String? {
        guard let name = fileName("private_key_file", table, standard: "") else { return nil }
        let path = finder.secretPath(name)
        guard loadSecrets else { return path }
        let key = table.path.key("private_key_file")
        if let secret = finder.secret(at: path, key: key, manyLines: true, diagnostics: diagnostics),
            let problem = PrivateKeyText.problem(secret.reveal())
        {
            diagnostics.report(key, "\(Printable.escaped(path)) \(problem)", PrivateKeyText.hint)
        }
        return path
    }

    /// The path of the file with the server's host key. It is no secret: its mode doesn't matter.
    private func knownHosts(_ name: String, _ table: TableReader, url: String) -> String {
        let path = finder.filePath(name)
        guard loadSecrets else { return path }
        let shown = Printable.escaped(path)
        let problem: String
        switch finder.files.read(path, FileFinder.largestKnownHosts) {
        case .failure(let failure): problem = failure.words
        case .success(let file):
            let lines = file.bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            let isKey = { (line: [UInt8].SubSequence) in
                line.first { $0 > 32 }.map { $0 != UInt8(ascii: "#") } ?? false
            }
            guard !lines.contains(where: isKey) else { return path }
            problem = "holds no host key"
        }
        table.report(
            "known_hosts_file", "\(shown) \(problem)",
            "\(AddressReader.keyScan(sftpURL: url)) > \(shown), and compare its fingerprint with Clever's")
        return path
    }
}
