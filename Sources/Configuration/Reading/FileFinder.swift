import AttendanceCore

/// Finds and reads the files that the configuration names.
struct FileFinder {
    /// A secret larger than this is not one.
    static let largestSecret = 65_536
    static let largestKnownHosts = 1 << 20

    /// Absolute, of the configuration file.
    let configurationDirectory: String
    /// `$CREDENTIALS_DIRECTORY`, where systemd puts what `LoadCredential=` names.
    let credentialsDirectory: String?
    let files: FileAccess

    init(configurationPath: String, environment: [String: String], files: FileAccess) {
        self.files = files
        let here = files.currentDirectory()
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : here + "/" + path }
        let path = absolute(configurationPath)
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        configurationDirectory = directory.isEmpty ? "/" : directory
        credentialsDirectory = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : absolute($0) }
    }

    /// Where a secret is: a relative name under the credentials directory if there is one, else beside the configuration or
    /// in the folder for secrets there.
    func secretPath(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        if let credentialsDirectory {
            let own = Self.join(credentialsDirectory, name)
            let ofFolder = Self.join(credentialsDirectory, SecretsFolder.credential(of: name))
            return problem(at: own) == .missing && problem(at: ofFolder) != .missing ? ofFolder : own
        }
        let beside = besideConfiguration(name)
        let folder = besideConfiguration(SecretsFolder.name)
        // One that is missing is looked for in the folder, if there is one.
        return problem(at: beside) == .missing && problem(at: folder) != .missing ? Self.join(folder, name) : beside
    }

    /// Where another file is: beside the configuration, unless the credentials directory has it.
    func filePath(_ name: String) -> String {
        if name.hasPrefix("/") { return name }
        if let credentialsDirectory {
            let candidates = [name, SecretsFolder.credential(of: name)].map { Self.join(credentialsDirectory, $0) }
            if let found = candidates.first(where: { problem(at: $0) == nil }) { return found }
        }
        return besideConfiguration(name)
    }

    func besideConfiguration(_ name: String) -> String {
        name.hasPrefix("/") ? name : Self.join(configurationDirectory, name)
    }

    /// Why a file can't be read; nil when it can.
    func problem(at path: String) -> FileAccess.Problem? {
        switch files.read(path, 64 << 20) {
        case .success: nil
        case .failure(let problem): problem
        }
    }

    /// True for what systemd put there: its modes are systemd's business.
    func isCredential(_ path: String) -> Bool {
        credentialsDirectory.map { path.hasPrefix($0 + "/") } ?? false
    }

    private static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

extension FileFinder {
    /// Reads a credential, or reports why it can't be.
    ///
    /// - Parameter manyLines: for a key file, whose lines are its own business.
    func secret(
        at path: String, key: ConfigurationPath, manyLines: Bool = false, diagnostics: Diagnostics
    ) -> Secret? {
        let shown = Printable.escaped(path)
        switch files.read(path, Self.largestSecret) {
        case .failure(let problem):
            diagnostics.report(
                key, "\(shown) \(problem.words)", problem.repair(of: shown, inCredentials: isCredential(path)))
            return nil
        case .success(let file):
            guard isCredential(path) || file.mode & 0o077 == 0 else {
                diagnostics.report(
                    key, "\(shown) can be read by others (mode \(Self.octal(file.mode)))", "chmod 600 \(shown)")
                return nil
            }
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                diagnostics.report(key, "\(shown) is not text", "put the secret in it and nothing else")
                return nil
            }
            let trimmed = Self.trimmed(text)
            guard !trimmed.isEmpty else {
                diagnostics.report(key, "\(shown) is empty", "put the secret in it, on one line")
                return nil
            }
            guard manyLines || !trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                diagnostics.report(key, "\(shown) holds more than one line", "put the secret in it, on one line")
                return nil
            }
            return Secret(trimmed, file: path)
        }
    }

    /// Without the line ends that editors and `echo` leave behind, and Windows' byte order mark.
    private static func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
        return String(scalars)
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension FileAccess.Problem {
    /// Follows the name of the file.
    public var words: String {
        switch self {
        case .missing: "doesn't exist"
        case .notAFile: "is not a regular file"
        case .tooLarge(let limit): "is larger than \(limit / 1024) KiB"
        case .unreadable(let reason): "can't be read: \(reason)"
        }
    }

    func repair(of path: String, inCredentials: Bool) -> String {
        switch self {
        case .missing where inCredentials:
            "put it into the folder that LoadCredential=secrets: names in the systemd unit and restart the service, or name it "
                + "with a LoadCredential= of its own"
        case .missing: "create it with mode 0600, or correct the path"
        case .notAFile, .tooLarge: "name the file that holds it and nothing else"
        case .unreadable: "make \(path) readable for the user that runs this program"
        }
    }
}
