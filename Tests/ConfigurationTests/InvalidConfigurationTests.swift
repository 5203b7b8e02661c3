import AttendanceCore
import Configuration
import Testing

/// One mistake in a configuration, and what its operator must be told.
struct Mistake: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let line: Int
    let column: Int
    let key: String
    /// Parts of the message and the hint.
    let says: [String]
    var testDescription: String { name }

    /// - Parameter lines: what follows the four lines of the smallest configuration, unless `whole` says otherwise.
    init(
        _ name: String, _ lines: String, whole: Bool = false, at line: Int, _ column: Int, _ key: String,
        _ says: String...
    ) {
        self.init(name, lines, whole, line, column, key, says)
    }

    /// A key at the start of its line.
    init(_ name: String, _ lines: String, whole: Bool = false, at line: Int, _ key: String, _ says: String...) {
        self.init(name, lines, whole, line, 1, key, says)
    }

    private init(
        _ name: String, _ lines: String, _ whole: Bool, _ line: Int, _ column: Int, _ key: String, _ says: [String]
    ) {
        self.name = name
        text = whole ? lines : smallest + lines
        (self.line, self.column, self.key, self.says) = (line, column, key, says)
    }

    private static let nameless = "[[district]]\ntimezone = \"America/Chicago\"\ndirection = \"to_schoology\"\n"

    static let keysAndTables: [Mistake] = [
        Mistake(
            "a mistyped key", "[district.clever]\npoll_intervall = \"5m\"", at: 6, "district[0].clever.poll_intervall",
            "unknown key", "did you mean poll_interval?"),
        Mistake(
            "a mistyped table", "[district.scholology]\n", at: 5, 11, "district[0].scholology", "unknown table",
            "did you mean schoology?"),
        Mistake("a mistyped top table", "[sevice]\n", at: 5, 2, "sevice", "unknown table", "did you mean service?"),
        Mistake("the plural", "[[districts]]\n", at: 5, 3, "districts", "did you mean district?"),
        Mistake(
            "a key in the wrong table", "[district.clever]\nbatch_size = 5", at: 6, "district[0].clever.batch_size",
            "it belongs under [district.schoology]"),
        Mistake(
            "a table at the wrong depth", "[clever]\n", at: 5, 2, "clever", "it is written [district.clever]"),
        Mistake(
            "a key like no other", "[district.conflicts]\nzzz = 1", at: 6, "district[0].conflicts.zzz",
            "the nearest known is", "known here: policy, protect"),
        Mistake(
            "a mistyped key in braces", "[district.schoology]\nrate_limit = { credit = 20 }", at: 6, 16,
            "district[0].schoology.rate_limit.credit", "did you mean credits?"),
        Mistake(
            "a key in the second district",
            "[district.clever]\n[[district]]\nname = \"shelbyville\"\ntimezone = \"America/Chicago\"\n"
                + "direction = \"to_schoology\"\nnam = 1", at: 10, "district[1].nam", "did you mean name?"),
        Mistake("no district", "[service]\n", whole: true, at: 1, "district", "no district", "[[district]]"),
        Mistake("an empty file", "", whole: true, at: 1, "district", "no district"),
        Mistake("an empty list of districts", "district = []", whole: true, at: 1, "district", "no district"),
        Mistake("single brackets", "[district]\nname = \"a\"", whole: true, at: 1, 2, "district", "double brackets"),
        Mistake(
            "a district that is text", "district = \"a\"", whole: true, at: 1, "district", "wants a table, not text"),
        Mistake(
            "a table that is text", "clever = \"https://api.clever.com\"", at: 5, "district[0].clever",
            "wants a table, not text", "[district.clever]"),
    ]

    static let district: [Mistake] = [
        Mistake("no name", nameless, whole: true, at: 1, 3, "district[0].name", "is missing"),
        Mistake(
            "no time zone", "[[district]]\nname = \"springfield\"\ndirection = \"to_schoology\"", whole: true, at: 1, 3,
            "district[0].timezone", "is missing", "America/Chicago"),
        Mistake(
            "capitals in the name", nameless + "name = \"Springfield\"", whole: true, at: 4, "district[0].name",
            "letters a-z, digits and -"),
        Mistake("a name that climbs", nameless + "name = \"../a\"", whole: true, at: 4, "district[0].name", "a-z"),
        Mistake("an empty name", nameless + "name = \"\"", whole: true, at: 4, "district[0].name", "can't name"),
        Mistake("a number for a name", nameless + "name = 5", whole: true, at: 4, "district[0].name", "wants text"),
        Mistake(
            "the same name twice", smallest, at: 6, "district[1].name",
            "another district \"springfield\""),
        Mistake(
            "an unknown time zone", "[[district]]\nname = \"a\"\ntimezone = \"America/Chigaco\"\n", whole: true, at: 3,
            "district[0].timezone", "IANA", "America/Chicago"),
        Mistake(
            "a city for a time zone", "[[district]]\nname = \"a\"\ntimezone = \"New York\"\n", whole: true, at: 3,
            "district[0].timezone", "America/New_York"),
        Mistake(
            "an abbreviation for a time zone", "[[district]]\nname = \"a\"\ntimezone = \"CST\"\n", whole: true, at: 3,
            "district[0].timezone", "IANA"),
        Mistake(
            "an offset for a time zone", "[[district]]\nname = \"a\"\ntimezone = \"GMT+5\"\n", whole: true, at: 3,
            "district[0].timezone", "IANA"),
        Mistake(
            "an unknown direction", "[[district]]\nname = \"a\"\ntimezone = \"UTC\"\ndirection = \"to-schoology\"",
            whole: true, at: 4, "district[0].direction", "did you mean \"to_schoology\"?", "both"),
    ]

    static let values: [Mistake] = [
        Mistake(
            "a duration without a unit", "[district.clever]\npoll_interval = \"5\"", at: 6,
            "district[0].clever.poll_interval", "\"5\" is not a duration", "\"15m\""),
        Mistake(
            "a duration that is a number", "[district.clever]\npoll_interval = 5", at: 6,
            "district[0].clever.poll_interval", "wants a duration, not a number"),
        Mistake(
            "no time at all", "[district.clever]\npoll_interval = \"0s\"", at: 6, "district[0].clever.poll_interval",
            "one second"),
        Mistake(
            "a negative duration", "[district.clever]\npoll_interval = \"-5m\"", at: 6,
            "district[0].clever.poll_interval", "is not a duration"),
        Mistake(
            "an endless duration", "[district.clever]\npoll_interval = \"99999999999999999999d\"", at: 6,
            "district[0].clever.poll_interval", "is not a duration"),
        Mistake(
            "half a day", "[district.clever]\nlookback = \"84h\"", at: 6, "district[0].clever.lookback", "whole days"),
        Mistake(
            "less than a day", "[district.clever]\nrecent_lookback = \"1h\"", at: 6,
            "district[0].clever.recent_lookback", "whole days", "\"1d\""),
        Mistake(
            "more than half a year", "[district.clever]\nlookback = \"181d\"", at: 6, "district[0].clever.lookback",
            "at most \"180d\""),
        Mistake(
            "a window longer than the whole", "[district.clever]\nrecent_lookback = \"15d\"", at: 6,
            "district[0].clever.recent_lookback", "longer than lookback (14d)"),
        Mistake(
            "a page of none", "[district.clever]\npage_size = 0", at: 6, "district[0].clever.page_size", "1 to 1000"),
        Mistake(
            "too large a page", "[district.clever]\npage_size = 1001", at: 6, "district[0].clever.page_size",
            "1 to 1000"),
        Mistake(
            "a number in quotes", "[district.clever]\npage_size = \"10\"", at: 6, "district[0].clever.page_size",
            "wants a whole number, not text"),
        Mistake(
            "a fraction", "[district.clever]\npage_size = 10.0", at: 6, "district[0].clever.page_size", "whole number"),
        Mistake(
            "51 marks", "[district.schoology]\nbatch_size = 51", at: 6, "district[0].schoology.batch_size", "1 to 50"),
        Mistake(
            "65 requests", "[district.schoology]\nmax_in_flight = 65", at: 6, "district[0].schoology.max_in_flight",
            "1 to 64"),
        Mistake(
            "101 percent", "[district.safety]\nhold_above_percent = 101", at: 6,
            "district[0].safety.hold_above_percent", "0 to 100"),
        Mistake(
            "fewer than no changes", "[district.safety]\nhold_above_count = -1", at: 6,
            "district[0].safety.hold_above_count", "0 or more"),
        Mistake(
            "credits that never pay for a write", "[district.schoology]\nrate_limit = { credits = 2 }", at: 6, 16,
            "district[0].schoology.rate_limit.credits", "takes 3", "write 3 or more"),
        Mistake(
            "a cost above the standard credits", "[district.schoology.rate_limit]\nread_cost = 16", at: 5, 21,
            "district[0].schoology.rate_limit.credits", "takes 16"),
        Mistake(
            "an unknown level", "[service]\nlog_level = \"warn\"", at: 6, "service.log_level", "\"warning\"", "debug"),
        Mistake("an unknown format", "[service]\nlog_format = \"text\"", at: 6, "service.log_format", "logfmt, json"),
        Mistake("no directory", "[service]\nstate_directory = \"\"", at: 6, "service.state_directory", "no directory"),
        Mistake(
            "a school without an id", "[district.clever]\nschools = [\"a\", \"\"]", at: 6, 17,
            "district[0].clever.schools[1]", "is empty"),
        Mistake(
            "a school that is a number", "[district.clever]\nschools = [5]", at: 6, 12,
            "district[0].clever.schools[0]", "wants text, not a number"),
        Mistake(
            "one school without brackets", "[district.clever]\nschools = \"a\"", at: 6, "district[0].clever.schools",
            "wants a list"),
        Mistake(
            "an unknown policy", "[district.conflicts]\npolicy = \"newer\"", at: 6, "district[0].conflicts.policy",
            "did you mean \"newest\"?"),
        Mistake(
            "protection for tardy", "[district.conflicts]\nprotect = [\"excused\", \"tardy\"]", at: 6, 23,
            "district[0].conflicts.protect[1]", "present, absent, late, excused"),
    ]

    static let addresses: [Mistake] = [
        Mistake(
            "http over the network", "[district.clever]\nbase_url = \"http://api.clever.com\"", at: 6,
            "district[0].clever.base_url", "use https://"),
        Mistake(
            "a name that begins like a loopback address",
            "[district.clever]\nbase_url = \"http://127.0.0.1.example.com\"", at: 6, "district[0].clever.base_url",
            "use https://"),
        Mistake(
            "a loopback name as a user", "[district.clever]\nbase_url = \"http://localhost@example.com\"", at: 6,
            "district[0].clever.base_url", "user name"),
        Mistake(
            "a path", "[district.schoology]\nbase_url = \"https://api.schoology.com/v1\"", at: 6,
            "district[0].schoology.base_url", "only scheme, host and port"),
        Mistake(
            "a query", "[district.schoology]\nbase_url = \"https://api.schoology.com?a=b\"", at: 6,
            "district[0].schoology.base_url", "only scheme, host and port"),
        Mistake(
            "another scheme", "[district.clever]\nbase_url = \"ftp://api.clever.com\"", at: 6,
            "district[0].clever.base_url", "https://"),
        Mistake(
            "no scheme", "[district.clever]\nbase_url = \"api.clever.com\"", at: 6, "district[0].clever.base_url",
            "not a URL"),
        Mistake(
            "no host", "[district.clever]\nbase_url = \"https://\"", at: 6, "district[0].clever.base_url", "not a URL"),
        Mistake(
            "spaces", "[district.clever]\nbase_url = \"https://api. clever.com\"", at: 6, "district[0].clever.base_url",
            "not a URL"),
        Mistake(
            "a port out of range", "[district.clever]\nbase_url = \"https://a.com:65536\"", at: 6,
            "district[0].clever.base_url", "1 to 65535"),
        Mistake(
            "a password in the SFTP address",
            "[district.clever.sftp]\nurl = \"sftp://me:secret@sftp.clever.com/~/a.csv\"", at: 6,
            "district[0].clever.sftp.url", "username_file and password_file"),
        Mistake(
            "no file in the SFTP address", "[district.clever.sftp]\nurl = \"sftp://sftp.clever.com\"", at: 6,
            "district[0].clever.sftp.url", "doesn't name a file"),
        Mistake(
            "another scheme for SFTP", "[district.clever.sftp]\nurl = \"https://sftp.clever.com/a.csv\"", at: 6,
            "district[0].clever.sftp.url", "not an SFTP URL"),
        Mistake(
            "password and key", "[district.clever.sftp]\npassword_file = \"a\"\nprivate_key_file = \"b\"", at: 7,
            "district[0].clever.sftp.private_key_file", "keep one of the two"),
    ]

    static let mappings: [Mistake] = [
        Mistake(
            "a rule without a side", "[district.matching]\nsections = [\"sis_id\"]", at: 6, 13,
            "district[0].matching.sections[0]", "is not a rule", "sis_id=section_school_code"),
        Mistake(
            "an unknown field", "[district.matching]\nstudents = [\"sis_id=school_uid\", \"student_id=school_uid\"]",
            at: 6, 34, "district[0].matching.students[1]", "sis_id, student_number, state_id, id"),
        Mistake(
            "a field of the other kind", "[district.matching]\nstudents = [\"sis_id=section_code\"]", at: 6, 13,
            "district[0].matching.students[0]", "school_uid"),
        Mistake(
            "no rules", "[district.matching]\nsections = []", at: 6, "district[0].matching.sections",
            "nothing is matched"),
        Mistake(
            "an unknown status", "[district.status_map]\npresent = { none = \"here\" }", at: 6, 13,
            "district[0].status_map.present.none", "\"here\"", "present, absent, late, excused"),
        Mistake(
            "Clever's word for late", "[district.status_map]\nlate = { none = \"late\" }", at: 6,
            "district[0].status_map.late", "unknown table"),
        Mistake(
            "a status that is a number", "[district.status_map]\ntardy = { none = 3 }", at: 6, 11,
            "district[0].status_map.tardy.none", "wants a status, not a number"),
        Mistake(
            "a row without braces", "[district.status_map]\ntardy = \"late\"", at: 6, "district[0].status_map.tardy",
            "wants a table, not text"),
        Mistake(
            "excused marks that come back absent",
            "[district.status_map.to_clever]\nexcused = { status = \"absent\" }", at: 6,
            "district[0].status_map.to_clever.excused",
            "excused would be sent as absent without a code, which comes back as absent",
            "{ status = \"absent\", excuse_code = \"E\" }"),
        Mistake(
            "a map that lost the code of the standard row",
            "[district.status_map]\nabsent = { none = \"absent\", MED = \"excused\" }", at: 5, 11,
            "district[0].status_map.to_clever", "absent with code E, which is in no entry of the map",
            "excuse_code = \"MED\""),
        Mistake(
            "an empty code", "[district.status_map.to_clever]\nabsent = { status = \"absent\", excuse_code = \"\" }",
            at: 6, 31, "district[0].status_map.to_clever.absent.excuse_code", "leave excuse_code out"),
        Mistake(
            "Schoology's word for tardy", "[district.status_map.to_clever]\nlate = { status = \"late\" }", at: 6, 10,
            "district[0].status_map.to_clever.late.status", "present, absent, tardy"),
        Mistake(
            "a row without status", "[district.status_map.to_clever]\nlate = { excuse_code = \"L\" }", at: 6,
            "district[0].status_map.to_clever.late", "status is missing"),
    ]

    static let files: [Mistake] = [
        Mistake(
            "a token in the file", "[district.clever]\ntoken = \"abcdefg-hidden\"", at: 6, "district[0].clever.token",
            "can't be written into the configuration", "token_file"),
        Mistake(
            "a consumer secret in the file", "[district.schoology]\nconsumer_secret = \"abcdefg-hidden\"", at: 6,
            "district[0].schoology.consumer_secret", "consumer_secret_file"),
        Mistake(
            "a consumer key in the file", "[district.schoology]\nconsumer_key = \"abcdefg-hidden\"", at: 6,
            "district[0].schoology.consumer_key", "consumer_key_file"),
        Mistake(
            "a password in the file", "[district.clever.sftp]\npassword = \"abcdefg-hidden\"", at: 6,
            "district[0].clever.sftp.password", "password_file"),
        Mistake(
            "a token by another name", "[district.clever]\nbearer_token = \"abcdefg-hidden\"", at: 6,
            "district[0].clever.bearer_token", "token_file"),
        Mistake(
            "a secret file that isn't there", "[district.clever]\ntoken_file = \"tok\"", at: 6,
            "district[0].clever.token_file", "/etc/sync/tok doesn't exist", "create it with mode 0600"),
        Mistake(
            "a name that is empty", "[district.clever]\ntoken_file = \"\"", at: 6, "district[0].clever.token_file",
            "names no file"),
        Mistake(
            "a private CA that isn't there", "[district.schoology]\nca_file = \"ca.pem\"", at: 6,
            "district[0].schoology.ca_file", "/etc/sync/ca.pem doesn't exist"),
        Mistake(
            "overrides that aren't there", "[district.matching]\noverrides_file = \"over.csv\"", at: 6,
            "district[0].matching.overrides_file", "/etc/sync/over.csv doesn't exist"),
        Mistake(
            "a listener for the network", "[district.schoology.triggers]\nlisten = \"0.0.0.0:8787\"", at: 6,
            "district[0].schoology.triggers.listen", "not a loopback address"),
        Mistake(
            "a listener without a port", "[district.schoology.triggers]\nlisten = \"127.0.0.1\"", at: 6,
            "district[0].schoology.triggers.listen", "has no port"),
    ]

    static let syntax: [Mistake] = [
        Mistake("text without quotes", "[service]\nlog_level = info", at: 6, 13, "", "not valid TOML"),
        Mistake("a line without a value", "name", at: 5, 5, "", "not valid TOML"),
        Mistake("the same key twice", "name = \"a\"", at: 5, 8, "", "not valid TOML"),
        Mistake("a bracket that stays open", "[district.clever\n", at: 5, 17, "", "not valid TOML"),
        Mistake("a header without a name", "[=]\n", at: 5, 2, "", "begins with its name"),
        Mistake("a brace in a list", "schools = [ } ]\n", at: 5, 13, "", "no value is written like this"),
        Mistake("typographic quotes", "[service]\nlog_level = “info”\n", at: 6, 13, "", "typographic quotes"),
        Mistake("a header that begins with a dot", "[[ .a]]\n", at: 5, 4, "", "begins with its name"),
        Mistake("a NUL in the file", "name\u{0} = 1", at: 5, 5, "", "NUL"),
        Mistake("a NUL in a text", "a = \"b\\u0000c\"", at: 5, 7, "", "\\u0000"),
    ]

    static let all = keysAndTables + district + values + addresses + mappings + files + syntax
}

@Suite struct InvalidConfigurationTests {
    @Test(arguments: Mistake.all)
    func saysWhereAndWhatWouldBeRight(_ mistake: Mistake) {
        let errors = MemoryFiles(mistake.text).errors()
        let error = errors.first { $0.key == mistake.key }
        #expect(error != nil, "\(errors)")
        guard let error else { return }
        #expect(error.line == mistake.line && error.column == mistake.column, "\(error)")
        let text = error.description
        for part in mistake.says { #expect(text.contains(part), "\(text)") }
        #expect(text.hasPrefix("/etc/sync/sync.toml:\(mistake.line):\(mistake.column): "))
        #expect(!text.contains("\n"))
        #expect(!text.contains("hidden"))
    }

    @Test(arguments: Mistake.all)
    func reportsOneMistakeOnce(_ mistake: Mistake) {
        let errors = MemoryFiles(mistake.text).errors().filter { $0.key == mistake.key }
        #expect(errors.count == 1, "\(errors)")
    }

    @Test func findsEveryMistakeAtOnceInTheOrderOfTheFile() {
        let errors = MemoryFiles(
            """
            [[district]]
            name = "Spring Field"
            timezone = "Mars/Olympus"
            direction = "west"

            [district.clever]
            base_url = "http://api.clever.com"
            poll_interval = 5
            page_sise = 3

            [district.schoology]
            batch_size = 51
            rate_limit = { credits = "a", windows = "5s" }

            [service]
            log_format = "xml"
            """
        ).errors()
        #expect(errors.compactMap(\.line) == [2, 3, 4, 7, 8, 9, 12, 13, 13, 16])
    }

    @Test func namesAConfigurationThatIsNotThere() {
        var files = MemoryFiles("")
        files.files = [:]
        #expect(
            files.errors().map(\.description) == [
                "/etc/sync/sync.toml: the configuration doesn't exist; "
                    + "name it with --config PATH, or start from attendance-sync.example.toml "
                    + "(/usr/share/doc/attendance-sync/examples, or config/ in the sources)"
            ])
    }
}
