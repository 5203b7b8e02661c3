import AttendanceCore

/// Reads one `[[district]]` with the tables below it.
struct DistrictReader {
    /// Attendance older than this is never read.
    static let longestLookback = Span.days(180)
    static let longestName = 64

    let reader: TableReader
    let finder: FileFinder
    /// False for commands that need no credentials: no file but the configuration is touched.
    let loadSecrets: Bool

    var diagnostics: Diagnostics { reader.diagnostics }

    func read() -> DistrictSettings {
        var settings = DistrictSettings(name: name() ?? "", timezone: timezone() ?? "UTC")
        if reader.isSet("direction") {
            // A direction that can't be understood asks for nothing more.
            settings.direction = reader.choice("direction") ?? .toSchoology
        }
        settings.clever = clever(settings)
        let schoology =
            reader.table(ConfigurationReference.schoology) ?? reader.absent(ConfigurationReference.schoology)
        settings.schoology = self.schoology(schoology, settings)
        settings.caFile = caFile(schoology)
        if let table = reader.table(ConfigurationReference.matching) {
            settings.matching = matching(table, settings)
        } else {
            settings.matching.overridesFile = standardOverridesFile(settings)
        }
        if let table = reader.table(ConfigurationReference.statusMap) {
            settings.statusMap = StatusMapReader.map(table)
        }
        if let table = reader.table(ConfigurationReference.conflicts) { settings.conflicts = conflicts(table) }
        if let table = reader.table(ConfigurationReference.safety) { settings.safety = safety(table) }
        return settings
    }

    private func name() -> String? {
        guard reader.isSet("name") else {
            reader.report("name", "is missing", "write name = \"…\" with letters a-z, digits and -")
            return nil
        }
        guard let name = reader.text("name") else { return nil }
        let isValid =
            !name.isEmpty && name.utf8.count <= Self.longestName
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isValid else {
            reader.report(
                "name", "\(Printable.quoted(name)) can't name a district",
                "use letters a-z, digits and -, \(Self.longestName) at most")
            return nil
        }
        return name
    }

    private func timezone() -> String? {
        guard reader.isSet("timezone") else {
            reader.report("timezone", "is missing", "write the IANA name, such as timezone = \"America/Chicago\"")
            return nil
        }
        guard let name = reader.text("timezone") else { return nil }
        guard TimeZoneName.exists(name) else {
            let nearest = TimeZoneName.nearest(to: name).map { "did you mean \"\($0)\"?" }
            reader.report(
                "timezone", "\(Printable.quoted(name)) is not in the IANA time zone database",
                nearest ?? "write a name such as \"America/Chicago\"")
            return nil
        }
        return name
    }

    private func conflicts(_ table: TableReader) -> ConflictSettings {
        var settings = ConflictSettings()
        if let policy: ConflictPolicy = table.choice("policy") { settings.policy = policy }
        if let names = table.texts("protect") {
            let statuses = Status.allCases.map { ($0.description, $0) }
            settings.protect = Set(names.compactMap { table.choice($0.text, at: $0.path, among: statuses) })
        }
        return settings
    }

    private func safety(_ table: TableReader) -> SafetySettings {
        var settings = SafetySettings()
        if let count = table.integer("hold_above_count") { settings.holdAboveCount = count }
        if let percent = table.integer("hold_above_percent") { settings.holdAbovePercent = percent }
        if let first: FirstCycle = table.choice("first_cycle") { settings.firstCycle = first }
        return settings
    }
}

// MARK: - Files

extension DistrictReader {
    /// The secret that a key names; where the key is left out, the standard name for this district. Where no secrets are
    /// read, an empty one that knows its file.
    func secret(_ key: String, standard suffix: String, _ table: TableReader, _ settings: DistrictSettings)
        -> Secret?
    {
        guard let name = fileName(key, table, standard: settings.name + suffix) else { return nil }
        guard table.isSet(key) || !settings.name.isEmpty else { return nil }
        let path = finder.secretPath(name)
        guard loadSecrets else { return Secret("", file: path) }
        return finder.secret(at: path, key: table.path.key(key), diagnostics: diagnostics)
    }

    func fileName(_ key: String, _ table: TableReader, standard: String) -> String? {
        guard table.isSet(key) else { return standard }
        guard let name = table.text(key) else { return nil }
        guard !name.isEmpty else {
            table.report(key, "names no file", "write the name of a file, or leave the key out for the standard one")
            return nil
        }
        guard !name.contains(where: \.isNewline) else {
            table.report(key, "wants the name of a file, not its content", "write the name of the file that holds it")
            return nil
        }
        return name
    }

    private func caFile(_ schoology: TableReader) -> String {
        guard let name = schoology.text("ca_file"), !name.isEmpty else { return "" }
        return existingFile(name, key: schoology.path.key("ca_file"))
    }

    func existingFile(_ name: String, key: ConfigurationPath) -> String {
        let path = finder.filePath(name)
        if loadSecrets, let problem = finder.problem(at: path) {
            diagnostics.report(
                key, "\(Printable.escaped(path)) \(problem.words)", "correct the path, or create the file")
        }
        return path
    }

    private func standardOverridesFile(_ settings: DistrictSettings) -> String {
        guard loadSecrets, !settings.name.isEmpty else { return "" }
        let path = finder.filePath(settings.name + ".overrides.csv")
        return finder.problem(at: path) == .missing ? "" : path
    }

    private func matching(_ table: TableReader, _ settings: DistrictSettings) -> MatchingSettings {
        var matching = MatchingSettings()
        if let rules = RuleReader.sections(table) { matching.sections = rules }
        if let rules = RuleReader.students(table) { matching.students = rules }
        if table.isSet("overrides_file") {
            if let name = table.text("overrides_file"), !name.isEmpty {
                matching.overridesFile = existingFile(name, key: table.path.key("overrides_file"))
            }
        } else {
            matching.overridesFile = standardOverridesFile(settings)
        }
        return matching
    }
}

// MARK: - The sides

extension DistrictReader {
    private func clever(_ district: DistrictSettings) -> CleverSettings {
        let table = reader.table(ConfigurationReference.clever) ?? reader.absent(ConfigurationReference.clever)
        var settings = CleverSettings()
        if let url = AddressReader.baseURL("base_url", table) { settings.baseURL = url }
        if let token = secret("token_file", standard: ".clever-token", table, district) { settings.token = token }
        if let span = table.span("poll_interval") { settings.pollInterval = span }
        if let span = wholeDays("recent_lookback", table) { settings.recentLookback = span }
        if let span = wholeDays("lookback", table) { settings.lookback = span }
        if settings.lookback < settings.recentLookback {
            let key = table.isSet("recent_lookback") ? "recent_lookback" : "lookback"
            table.report(
                key, "recent_lookback (\(settings.recentLookback)) is longer than lookback (\(settings.lookback))",
                "make lookback the longer of the two")
        }
        if let size = table.integer("page_size") { settings.pageSize = size }
        if let schools = table.texts("schools") {
            for school in schools where !school.text.contains(where: { $0 != " " }) {
                diagnostics.report(school.path, "is empty", "write a Clever school id, or take it out of the list")
            }
            settings.schools = schools.map(\.text)
        }
        if let daily: DailyPolicy = table.choice("daily") { settings.daily = daily }
        if let count = table.integer("max_in_flight") { settings.maxInFlight = count }
        settings.sftp = sftp(table, district)
        return settings
    }

    private func wholeDays(_ key: String, _ table: TableReader) -> Span? {
        guard let span = table.span(key) else { return nil }
        guard span >= .days(1), span == .days(Int64(span.wholeDays)) else {
            table.report(
                key, "\(span) is not a number of whole days", "attendance has a date and no hour: write \"1d\" or more")
            return nil
        }
        guard span <= Self.longestLookback else {
            table.report(key, "\(span) is too long", "at most \"\(Self.longestLookback)\"")
            return nil
        }
        return span
    }

    private func schoology(_ table: TableReader, _ district: DistrictSettings) -> SchoologySettings {
        var settings = SchoologySettings()
        if let url = AddressReader.baseURL("base_url", table) { settings.baseURL = url }
        if let key = secret("consumer_key_file", standard: ".schoology-key", table, district) {
            settings.consumerKey = key
        }
        if let secret = secret("consumer_secret_file", standard: ".schoology-secret", table, district) {
            settings.consumerSecret = secret
        }
        if let method: SignatureMethod = table.choice("signature_method") { settings.signatureMethod = method }
        if let span = table.span("poll_interval") { settings.pollInterval = span }
        if let size = table.integer("batch_size") { settings.batchSize = size }
        if let count = table.integer("max_in_flight") { settings.maxInFlight = count }
        if let limit = table.table(ConfigurationReference.rateLimit) { settings.rateLimit = rateLimit(limit) }
        if let triggers = table.table(ConfigurationReference.triggers) {
            settings.triggers = self.triggers(triggers, district)
        }
        return settings
    }

    private func rateLimit(_ table: TableReader) -> RateLimit {
        var limit = RateLimit()
        if let credits = table.integer("credits") { limit.credits = credits }
        if let window = table.span("window") { limit.window = window }
        if let cost = table.integer("read_cost") { limit.readCost = cost }
        if let cost = table.integer("write_cost") { limit.writeCost = cost }
        let dearest = max(limit.readCost, limit.writeCost)
        if limit.credits < dearest {
            table.report(
                "credits", "\(limit.credits) credits never pay for a request that takes \(dearest)",
                "write \(dearest) or more, or a smaller cost")
        }
        return limit
    }
}
