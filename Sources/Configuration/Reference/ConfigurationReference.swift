import AttendanceCore

/// Every table and key of the configuration: what the loader accepts, and what `docs/CONFIGURATION.md` says.
///
enum ConfigurationReference {
    static let tables: [TableSpec] = [
        root, service, district, clever, sftp, schoology, rateLimit, triggers, matching, statusMap, toClever,
        toCleverRow,
        conflicts, safety,
    ]

    /// The tables that may stand in this one.
    static func subtables(of name: String) -> [TableSpec] {
        tables.filter { $0.parent == name && !$0.name.isEmpty && $0.name != toCleverRow.name }
    }

    static let root = TableSpec(name: "", summary: "", keys: [])

    static let service = TableSpec(
        name: "service",
        summary: "The program itself. The table may be left out.",
        keys: [
            KeySpec(
                "state_directory", .file,
                "`$STATE_DIRECTORY`, else `\"\(ServiceConfiguration.standardStateDirectory)\"`",
                "Where the state of every district is kept. A relative path is beside this file."),
            KeySpec(
                "log_format", .choice(LogFormat.allCases.map(\.rawValue)),
                "\"\(ServiceConfiguration().logFormat.rawValue)\"",
                "How a line of the log is written: `key=value` pairs, or one JSON object."),
            KeySpec(
                "log_level", .choice(Event.Level.allCases.map(\.name)),
                "\"\(ServiceConfiguration().logLevel.name)\"",
                "The least severe events that are logged."),
            KeySpec(
                "retention", .duration, "\"\(ServiceConfiguration().retention)\"",
                "Marks, history and audit older than this are deleted, once a day; what still waits for something is "
                    + "kept. At least a district's `lookback` and a week: a shorter one counts as that. docs/BACKUP.md "
                    + "says what goes."),
        ])

    static let district = TableSpec(
        name: "district", isRepeated: true,
        summary: "One for each district; at least one. The tables below it belong to the `[[district]]` above them.",
        keys: [
            KeySpec(
                "name", .text, "required",
                "Letters `a-z`, digits and `-`, at most 64. It names the district in every log line and its state file: "
                    + "a district that is renamed starts with an empty state."),
            KeySpec(
                "timezone", .text, "required",
                "The district's time zone as the IANA database names it, such as `America/Chicago`. It decides which "
                    + "day is today."),
            KeySpec(
                "direction", .choice(Direction.allCases.map(\.rawValue)),
                "\"\(DistrictSettings(name: "", timezone: "").direction.rawValue)\"",
                "`to_schoology` writes Clever's attendance to Schoology, `to_clever` the other way round, `both` does "
                    + "both. The last two need `[district.clever.sftp]`."),
        ])

    static let clever = TableSpec(
        name: "district.clever",
        summary: "Clever's side.",
        keys: [
            KeySpec(
                "base_url", .url, "\"\(CleverSettings().baseURL)\"",
                "Scheme, host and port of Clever's API. `http://` is for a server on this machine only."),
            KeySpec(
                "token_file", .secretFile, "\"NAME.clever-token\"",
                "The district's bearer token. `NAME` is the district's name."),
            KeySpec(
                "poll_interval", .duration, "\"\(CleverSettings().pollInterval)\"",
                "How often Clever is asked whether its attendance has changed: one request."),
            KeySpec(
                "recent_lookback", .duration, "\"\(CleverSettings().recentLookback)\"",
                "The attendance dates that are read whenever it has: `3d` is today and the two days before. Whole days, "
                    + "at most `lookback`."),
            KeySpec(
                "lookback", .duration, "\"\(CleverSettings().lookback)\"",
                "The attendance dates that are read at least once a day when it has. Whole days, at most "
                    + "`\(DistrictReader.longestLookback)`."),
            KeySpec(
                "page_size", .integer(1...1000), "\(CleverSettings().pageSize)", "Records asked for with one request."),
            KeySpec(
                "schools", .textList, "[]",
                "The Clever ids of the schools to read. Empty: every school that the token shares."),
            KeySpec(
                "daily", .choice(DailyPolicy.allCases.map(\.rawValue)), "\"\(CleverSettings().daily.rawValue)\"",
                "Where a daily record counts: in the student's homeroom, in all of the student's sections, or nowhere. "
                    + "A section's own record outranks it."),
            KeySpec(
                "max_in_flight", .integer(1...64), "\(CleverSettings().maxInFlight)",
                "Requests to Clever at the same time."),
        ])

    static let sftp = TableSpec(
        name: "district.clever.sftp",
        summary:
            "The way back to Clever: `attendance.csv` over SFTP. Needed for the directions `both` and `to_clever`; "
            + "with `to_schoology` its files are not read.",
        keys: [
            KeySpec(
                "url", .url, "\"\(SFTPSettings().url)\"",
                "`sftp://host[:port]/path/to/attendance.csv`, without user and password; `/~/` is the home directory."),
            KeySpec("username_file", .secretFile, "\"NAME.sftp-user\"", "The user name that Clever gave you."),
            KeySpec(
                "password_file", .secretFile, "\"NAME.sftp-password\"", "Its password. This or `private_key_file`."),
            KeySpec(
                "private_key_file", .secretFile, "none",
                "A private key in OpenSSH's or PEM form, without passphrase, instead of a password."),
            KeySpec(
                "known_hosts_file", .file, "\"known_hosts\"",
                "The server's host key, as `ssh-keyscan` prints it; no secret. A server with another key is refused."),
            KeySpec(
                "upload_interval", .duration, "\"\(SFTPSettings().uploadInterval)\"",
                "The file is uploaded at most this often."),
            KeySpec(
                "confirm_within", .duration, "\"\(SFTPSettings().confirmWithin)\"",
                "How long Clever may take to show what was uploaded; later than this, `csv.overdue` is logged."),
            KeySpec(
                "last_column", .choice(SFTPSettings.LastColumn.allCases.map(\.rawValue)),
                "\"\(SFTPSettings().lastColumn.rawValue)\"", "The name of the last column of `attendance.csv`."),
        ])

    static let schoology = TableSpec(
        name: "district.schoology",
        summary: "Schoology's side.",
        keys: [
            KeySpec(
                "base_url", .url, "\"\(SchoologySettings().baseURL)\"",
                "Scheme, host and port of Schoology's API. `http://` is for a server on this machine only."),
            KeySpec("consumer_key_file", .secretFile, "\"NAME.schoology-key\"", "The OAuth consumer key."),
            KeySpec("consumer_secret_file", .secretFile, "\"NAME.schoology-secret\"", "The OAuth consumer secret."),
            KeySpec(
                "signature_method", .choice(SignatureMethod.allCases.map(\.rawValue)),
                "\"\(SchoologySettings().signatureMethod.rawValue)\"",
                "How requests are signed. `PLAINTEXT` is for servers that can't do better."),
            KeySpec(
                "poll_interval", .duration, "\"\(SchoologySettings().pollInterval)\"",
                "How often a section is read back to find what teachers changed. Triggers make it sooner."),
            KeySpec(
                "batch_size", .integer(1...50), "\(SchoologySettings().batchSize)", "Marks sent with one request."),
            KeySpec(
                "max_in_flight", .integer(1...64), "\(SchoologySettings().maxInFlight)",
                "Requests to Schoology at the same time."),
            KeySpec(
                "rate_limit", .inlineTable, RateLimit().configurationText,
                "What Schoology allows; see `[district.schoology.rate_limit]`."),
            KeySpec(
                "ca_file", .file, "\"\"",
                "A private certificate authority (PEM), for Clever too. Empty: the system's, or `SSL_CERT_FILE`."),
        ])

    static let rateLimit = TableSpec(
        name: "district.schoology.rate_limit",
        summary: "Never more than `credits` in any `window`. Usually written in braces: "
            + "`rate_limit = \(RateLimit().configurationText)`.",
        keys: [
            KeySpec(
                "credits", .integer(1...1_000_000), "\(RateLimit().credits)",
                "At least as many as the dearer of the two requests costs."),
            KeySpec("window", .duration, "\"\(RateLimit().window)\"", "The time over which they are counted."),
            KeySpec("read_cost", .integer(1...1_000_000), "\(RateLimit().readCost)", "Credits that a GET takes."),
            KeySpec("write_cost", .integer(1...1_000_000), "\(RateLimit().writeCost)", "Credits that a PUT takes."),
        ])

    static let triggers = TableSpec(
        name: "district.schoology.triggers",
        summary: "Optional: Schoology tells this program that attendance has changed, instead of being asked. "
            + "docs/TRIGGERS.md sets it up.",
        keys: [
            KeySpec(
                "listen", .text, "\"\(SchoologySettings.Triggers().listen)\"",
                "A loopback address and port, `127.0.0.1:8787`, `[::1]:8787` or `localhost:8787`; put a proxy with TLS "
                    + "before it. Districts may share it."),
            KeySpec(
                "path_file", .secretFile, "\"NAME.trigger-path\"",
                "The secret path of the URL given to Schoology: one line that begins with `/`, of "
                    + "\(TriggerPath.lengths.lowerBound) to \(TriggerPath.lengths.upperBound) characters: letters, digits, "
                    + "`-`, `.`, `_`, `~` and `/`. Districts that share an address each need their own."),
        ])

    static let matching = TableSpec(
        name: "district.matching",
        summary:
            "How Clever's sections and students are found in Schoology. The rules are tried in order; the first that "
            + "finds exactly one wins, and what finds several is refused.",
        keys: [
            KeySpec(
                "sections",
                .choiceList(RuleReader.sectionForms), RuleReader.list(MatchingSettings().sections),
                "`<Clever field>=<Schoology field>`. `section_code` is found by listing every course: slower."),
            KeySpec(
                "students", .choiceList(RuleReader.studentForms), RuleReader.list(MatchingSettings().students),
                "`<Clever field>=<Schoology field>`."),
            KeySpec(
                "overrides_file", .file, "\"NAME.overrides.csv\" if it is there",
                "Matches made by hand, which come before the rules: `kind,clever_id,schoology_id` with "
                    + "`section,<id>,<section id>` or `student,<id>,<uid>`. Changes are noticed; a file that wasn't "
                    + "there at the start is found by a reload. `\"\"`: none."),
        ])

    static let statusMap = TableSpec(
        name: "district.status_map",
        summary:
            "What a Clever mark means in Schoology. Each row is one `attendance_status` of Clever and maps its excuse "
            + "codes to `present`, `absent`, `late` or `excused`: the key `none` is a mark without a code, `\"*\"` any "
            + "code that isn't listed, other keys are codes exactly as the district writes them. A row that you write "
            + "replaces the whole standard row of that name; rows that you leave out stay as they are. A mark that no "
            + "entry covers is quarantined.",
        keys: [
            KeySpec("present", .inlineTable, StatusMap.standard.present.configurationText, "Clever says `present`."),
            KeySpec("absent", .inlineTable, StatusMap.standard.absent.configurationText, "Clever says `absent`."),
            KeySpec("tardy", .inlineTable, StatusMap.standard.tardy.configurationText, "Clever says `tardy`."),
        ])

    static let toClever = TableSpec(
        name: "district.status_map.to_clever",
        summary:
            "What `attendance.csv` says for a status of Schoology: `status` is `present`, `absent` or `tardy`, and "
            + "`excuse_code`, where there is one, a code of the map above. Each row must come back as itself through "
            + "that map, or the configuration is refused, whatever the direction: otherwise a mark would change on its "
            + "way there and back. Rows replace the standard ones one by one.",
        keys: Status.allCases.map { status in
            KeySpec(
                status.description, .inlineTable, StatusMap.standard.toClever[status]?.configurationText ?? "",
                "Schoology says `\(status)`.")
        })

    /// The keys of each row of `to_clever`.
    static let toCleverRow = TableSpec(
        name: "district.status_map.to_clever.STATUS", summary: "",
        keys: [
            KeySpec("status", .choice(CleverStatus.allCases.map(\.description)), "required", "Clever's status."),
            KeySpec("excuse_code", .text, "none", "Clever's excuse code."),
        ])

    static let conflicts = TableSpec(
        name: "district.conflicts",
        summary: "What happens when both sides changed the same mark to different values.",
        keys: [
            KeySpec(
                "policy", .choice(ConflictPolicy.allCases.map(\.rawValue)), "\"\(ConflictSettings().policy.rawValue)\"",
                "Which side wins. `newest`: the later edit. `hold`: nobody, until an operator decides."),
            KeySpec(
                "protect", .choiceList(Status.allCases.map(\.description)),
                "[" + ConflictSettings().protect.map { "\"\($0)\"" }.sorted().joined(separator: ", ") + "]",
                "A Clever mark with one of these statuses is never overwritten by Schoology."),
        ])

    static let safety = TableSpec(
        name: "district.safety",
        summary: "A batch, which is what one cycle would write to one side for one attendance date, is held for an "
            + "operator when it is past both thresholds. So is a school of at least 20 students whose marks are all gone, or "
            + "where every student gets the same mark, and everything that follows from a change of direction, scope, "
            + "matching, mapping or time zone (`attendance-sync held`).",
        keys: [
            KeySpec("hold_above_count", .integer(0...Int.max), "\(SafetySettings().holdAboveCount)", "Changes."),
            KeySpec(
                "hold_above_percent", .integer(0...100), "\(SafetySettings().holdAbovePercent)",
                "Changes in percent of the active enrollments in scope."),
            KeySpec(
                "first_cycle", .choice(FirstCycle.allCases.map(\.rawValue)),
                "\"\(SafetySettings().firstCycle.rawValue)\"",
                "`hold`: what a new district would write first waits, as one batch, for approval."),
        ])
}
