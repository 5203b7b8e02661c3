import Configuration

/// A file system in memory, with the configuration at `/etc/sync/sync.toml`.
struct MemoryFiles {
    static let configuration = "/etc/sync/sync.toml"

    var files: [String: FileAccess.File] = [:]

    /// The configuration, and every secret that a district `springfield` needs, with mode 0600.
    init(_ text: String, secrets: Bool = true) {
        self.init(bytes: Array(text.utf8), secrets: secrets)
    }

    init(bytes: [UInt8], secrets: Bool = true) {
        files[Self.configuration] = FileAccess.File(bytes: bytes, mode: 0o644)
        guard secrets else { return }
        self["/etc/sync/springfield.clever-token"] = "clever-secret\n"
        self["/etc/sync/springfield.schoology-key"] = "key\n"
        self["/etc/sync/springfield.schoology-secret"] = "schoology-secret\n"
    }

    /// The text of a file; setting one gives it the mode 0600.
    subscript(path: String) -> String? {
        get { files[path].map { String(decoding: $0.bytes, as: UTF8.self) } }
        set { files[path] = newValue.map { FileAccess.File(bytes: Array($0.utf8), mode: 0o600) } }
    }

    func access() -> FileAccess {
        let files = files
        return FileAccess(
            read: { path, limit in
                guard let file = files[path] else { return .failure(.missing) }
                return file.bytes.count > limit ? .failure(.tooLarge(limit: limit)) : .success(file)
            },
            currentDirectory: { "/home/operator" })
    }

    func load(
        path: String = configuration, environment: [String: String] = [:], loadSecrets: Bool = true
    ) throws(ConfigurationErrors) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            path: path, environment: environment, loadSecrets: loadSecrets, files: access())
    }

    /// The errors, one a line; empty where there are none.
    func errors(environment: [String: String] = [:], loadSecrets: Bool = true) -> [ConfigurationError] {
        do throws(ConfigurationErrors) {
            _ = try load(environment: environment, loadSecrets: loadSecrets)
            return []
        } catch {
            return error.all
        }
    }
}

/// The smallest configuration there is, four lines long.
let smallest = """
    [[district]]
    name = "springfield"
    timezone = "America/Chicago"
    direction = "to_schoology"

    """
