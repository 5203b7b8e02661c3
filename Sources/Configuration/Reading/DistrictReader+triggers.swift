import AttendanceCore

extension DistrictReader {
    func triggers(_ table: TableReader, _ district: DistrictSettings) -> SchoologySettings.Triggers {
        var settings = SchoologySettings.Triggers()
        if let listen = AddressReader.loopbackListener("listen", table) { settings.listen = listen }
        guard let path = secret("path_file", standard: ".trigger-path", table, district), loadSecrets else {
            return settings
        }
        guard TriggerPath.isValid(path.reveal()) else {
            table.report(
                "path_file", "what is in the file is no path, or one that a stranger could guess",
                "echo \"/$(openssl rand -hex 24)\" writes a good one: / and at least \(TriggerPath.lengths.lowerBound) "
                    + "characters of a-z, A-Z, 0-9, -, ., _, ~")
            return settings
        }
        settings.path = path
        return settings
    }

    /// Districts may share a listener, and are told apart by the path: on one listener each needs its own.
    static func reportSharedPaths(_ districts: [(settings: DistrictSettings, reader: TableReader)]) {
        var owners: [Listener: String] = [:]
        for (settings, reader) in districts {
            guard let triggers = settings.schoology.triggers, triggers.path != Secret("") else { continue }
            let listener = Listener(
                address: triggers.listen.lowercased().replacing("localhost", with: "127.0.0.1"), path: triggers.path)
            if let owner = owners.updateValue(settings.name, forKey: listener) {
                reader.diagnostics.report(
                    reader.path.key("schoology").key("triggers").key("path_file"),
                    "the district \"\(owner)\" listens on \(triggers.listen) with the same path",
                    "give each district a path of its own")
            }
        }
    }

    private struct Listener: Hashable {
        var address: String
        var path: Secret
    }
}
