import AttendanceCore

/// Reads, checks and completes the configuration file.
public enum ConfigurationLoader {
    /// - Parameters:
    ///   - path: as given on the command line; errors show it like that.
    ///   - environment: `STATE_DIRECTORY` and `CREDENTIALS_DIRECTORY` count.
    ///   - loadSecrets: false touches no file but `path` itself, for commands that only read the state; secrets are
    ///     then empty.
    /// - Throws: everything that is wrong, not just the first thing.
    public static func load(
        path: String, environment: [String: String], loadSecrets: Bool = true, files: FileAccess = .real
    ) throws(ConfigurationErrors) -> LoadedConfiguration {
        let document = try document(at: path, files)
        let diagnostics = Diagnostics(file: path, locator: document.locator)
        let root = TableReader(
            document.root, at: .root, spec: ConfigurationReference.root, diagnostics: diagnostics)
        let finder = FileFinder(configurationPath: path, environment: environment, files: files)
        var configuration = service(root, finder, environment)
        configuration.districts = districts(root, finder, loadSecrets: loadSecrets)
        noticeShortRetention(configuration, diagnostics)
        guard diagnostics.errors.isEmpty else { throw ConfigurationErrors(diagnostics.errors) }
        return LoadedConfiguration(
            file: path, configuration: configuration,
            notices: diagnostics.notices.sorted { $0.position < $1.position })
    }

    /// `docs/CONFIGURATION.md`, from the same table that the loader reads by.
    public static func referenceDocument() -> String { ConfigurationReference.document() }

    private static func document(at path: String, _ files: FileAccess) throws(ConfigurationErrors)
        -> ConfigurationDocument
    {
        do throws(ConfigurationError) {
            switch files.read(path, ConfigurationDocument.largestFile) {
            case .success(let file):
                return try RecentDocuments.shared.document(file.bytes, file: path)
            case .failure(let problem):
                throw ConfigurationError(
                    file: path, position: nil, key: "", message: "the configuration \(problem.words)",
                    hint: problem == .missing
                        ? "name it with --config PATH, or start from attendance-sync.example.toml (/usr/share/doc/attendance-sync/examples, or config/ in the sources)"
                        : "check the path and its permissions")
            }
        } catch {
            throw ConfigurationErrors([error])
        }
    }

    private static func service(
        _ root: TableReader, _ finder: FileFinder, _ environment: [String: String]
    ) -> ServiceConfiguration {
        var configuration = ServiceConfiguration()
        // systemd separates several directories with colons; the first is the state's.
        if let given = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            configuration.stateDirectory = finder.besideConfiguration(String(given))
        }
        guard let table = root.table(ConfigurationReference.service) else { return configuration }
        if let directory = table.text("state_directory") {
            if directory.isEmpty {
                table.report("state_directory", "names no directory", "write an absolute path, or leave the key out")
            } else {
                configuration.stateDirectory = finder.besideConfiguration(directory)
            }
        }
        if let format: LogFormat = table.choice("log_format") { configuration.logFormat = format }
        if let level = table.choice("log_level", among: Event.Level.allCases.map { ($0.name, $0) }) {
            configuration.logLevel = level
        }
        if let retention = table.span("retention") { configuration.retention = retention }
        return configuration
    }

    /// A retention shorter than what is still read is no error, and is not followed to the letter.
    private static func noticeShortRetention(_ configuration: ServiceConfiguration, _ diagnostics: Diagnostics) {
        let key = ConfigurationPath.root.key(ConfigurationReference.service.key).key("retention")
        let retention = configuration.retention
        for district in configuration.districts where retention != ServiceConfiguration().retention {
            let lookback = district.clever.lookback
            let kept = Retention.kept(retention, lookback: lookback)
            guard kept != retention else { continue }
            diagnostics.notice(
                key, district: district.name,
                "\(retention) is shorter than the lookback of \(district.name) (\(lookback)) and a week; \(kept) counts there"
            )
        }
    }

    private static func districts(_ root: TableReader, _ finder: FileFinder, loadSecrets: Bool) -> [DistrictSettings] {
        let spec = ConfigurationReference.district
        let place = ConfigurationPath.root.key(spec.key)
        switch root.members[spec.key] {
        case nil:
            root.report(spec.key, "there is no district", "add one: \(spec.header) with name and timezone")
            return []
        case .array(let nodes)?:
            if nodes.isEmpty {
                root.report(spec.key, "there is no district", "add one: \(spec.header) with name and timezone")
            }
            var names: Set<String> = []
            let districts = nodes.enumerated().compactMap { index, node -> (DistrictSettings, TableReader)? in
                guard case .table(let members) = node else {
                    root.diagnostics.report(
                        place.index(index), "wants a table, not \(node.kind)", "write \(spec.header)")
                    return nil
                }
                let reader = TableReader(members, at: place.index(index), spec: spec, diagnostics: root.diagnostics)
                let settings = DistrictReader(reader: reader, finder: finder, loadSecrets: loadSecrets).read()
                if !settings.name.isEmpty, !names.insert(settings.name).inserted {
                    reader.report(
                        "name", "there is another district \"\(settings.name)\"", "give each a name of its own")
                }
                return (settings, reader)
            }
            DistrictReader.reportSharedPaths(districts)
            return districts.map(\.0)
        case .table?:
            root.report(spec.key, "wants double brackets", "write \(spec.header), since there may be several")
            return []
        case let node?:
            root.report(spec.key, "wants a table, not \(node.kind)", "write \(spec.header)")
            return []
        }
    }
}
