import AttendanceCore
import Configuration
import Testing

@Suite struct LoadingTests {
    @Test func takesTheDocumentedDefaults() throws {
        let loaded = try MemoryFiles(smallest).load()
        var expected = DistrictSettings(name: "springfield", timezone: "America/Chicago")
        expected.direction = .toSchoology
        expected.clever.token = Secret("clever-secret")
        expected.schoology.consumerKey = Secret("key")
        expected.schoology.consumerSecret = Secret("schoology-secret")
        #expect(loaded.configuration.districts == [expected])
        #expect(loaded.configuration.stateDirectory == "/var/lib/attendance-sync")
        #expect(loaded.configuration.logFormat == .logfmt)
        #expect(loaded.configuration.logLevel == .info)
        #expect(loaded.configuration.retention == .days(180))
        #expect(loaded.notices.isEmpty)
    }

    /// The contract's own example, every key of it changed where that can be seen.
    @Test func readsEveryKey() throws {
        var files = MemoryFiles(
            """
            [service]
            state_directory = "/srv/sync"
            log_format = "json"
            log_level = "debug"
            retention = "30d"
            [[district]]
            name = "springfield"
            timezone = "Europe/Berlin"
            direction = "both"
            [district.clever]
            base_url = "http://127.0.0.1:9001/"
            token_file = "/run/token"
            poll_interval = "1s"
            recent_lookback = "1d"
            lookback = "180d"
            page_size = 7
            schools = ["s1", "s2"]
            daily = "all_sections"
            max_in_flight = 1
            [district.clever.sftp]
            url = "sftp://localhost:2022/~/x.csv"
            username_file = "user"
            private_key_file = "id"
            known_hosts_file = "hosts"
            upload_interval = "2s"
            confirm_within = "3s"
            last_column = "Attendance_id"
            [district.schoology]
            base_url = "http://[::1]:9002"
            consumer_key_file = "k"
            consumer_secret_file = "s"
            signature_method = "PLAINTEXT"
            poll_interval = "4s"
            batch_size = 1
            rate_limit = { credits = 3, window = "1s" }
            max_in_flight = 64
            ca_file = "ca.pem"
            [district.schoology.triggers]
            listen = "[::1]:1"
            path_file = "path"
            [district.matching]
            sections = ["id = section_code"]
            students = ["state_id=school_uid"]
            overrides_file = "over.csv"
            [district.status_map]
            tardy = { none = "late", T5 = "excused" }
            [district.status_map.to_clever]
            excused = { status = "tardy", excuse_code = "T5" }
            [district.conflicts]
            policy = "newest"
            protect = []
            [district.safety]
            hold_above_count = 0
            hold_above_percent = 0
            first_cycle = "hold"
            """, secrets: false)
        files["/run/token"] = "t"
        for name in ["user", "id", "hosts", "k", "s", "ca.pem", "over.csv"] {
            files["/etc/sync/\(name)"] = name + "\r\n"
        }
        files["/etc/sync/id"] = PrivateKeyTests.plain
        files["/etc/sync/path"] = "/" + String(repeating: "p", count: 31) + "\n"
        let configuration = try files.load().configuration

        var district = DistrictSettings(name: "springfield", timezone: "Europe/Berlin")
        district.direction = .both
        district.clever.baseURL = "http://127.0.0.1:9001"
        district.clever.token = Secret("t")
        district.clever.pollInterval = .seconds(1)
        district.clever.recentLookback = .days(1)
        district.clever.lookback = .days(180)
        district.clever.pageSize = 7
        district.clever.schools = ["s1", "s2"]
        district.clever.daily = .allSections
        district.clever.maxInFlight = 1
        var sftp = SFTPSettings()
        sftp.url = "sftp://localhost:2022/~/x.csv"
        sftp.username = Secret("user")
        sftp.credential = .privateKeyFile("/etc/sync/id")
        sftp.knownHostsFile = "/etc/sync/hosts"
        sftp.uploadInterval = .seconds(2)
        sftp.confirmWithin = .seconds(3)
        sftp.lastColumn = .attendanceID
        district.clever.sftp = sftp
        district.schoology.baseURL = "http://[::1]:9002"
        district.schoology.consumerKey = Secret("k")
        district.schoology.consumerSecret = Secret("s")
        district.schoology.signatureMethod = .plaintext
        district.schoology.pollInterval = .seconds(4)
        district.schoology.batchSize = 1
        district.schoology.maxInFlight = 64
        district.schoology.rateLimit = RateLimit(credits: 3, window: .seconds(1))
        var triggers = SchoologySettings.Triggers()
        triggers.listen = "[::1]:1"
        triggers.path = Secret("/" + String(repeating: "p", count: 31))
        district.schoology.triggers = triggers
        district.caFile = "/etc/sync/ca.pem"
        district.matching.sections = [.init(.id, .sectionCode)]
        district.matching.students = [.init(.stateID)]
        district.matching.overridesFile = "/etc/sync/over.csv"
        district.statusMap.tardy = StatusMap.Row(withoutCode: .late, codes: ["T5": .excused], anyOtherCode: nil)
        district.statusMap.toClever[.excused] = StatusMap.CleverValue(status: .tardy, excuseCode: "T5")
        district.conflicts.policy = .newest
        district.conflicts.protect = []
        district.safety = SafetySettings()
        district.safety.holdAboveCount = 0
        district.safety.holdAbovePercent = 0
        district.safety.firstCycle = .hold
        #expect(configuration.districts == [district])
        #expect(configuration.stateDirectory == "/srv/sync")
        #expect(configuration.logFormat == .json)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.retention == .days(30))
    }

    @Test func keepsTheRowsOfTheStatusMapThatAreNotWritten() throws {
        let loaded = try MemoryFiles(
            smallest + "[district.status_map]\nabsent = { none = \"absent\", E = \"excused\", X = \"late\" }"
        ).load()
        let map = try #require(loaded.configuration.districts.first).statusMap
        #expect(
            map.absent == StatusMap.Row(withoutCode: .absent, codes: ["E": .excused, "X": .late], anyOtherCode: nil))
        #expect(map.tardy == StatusMap.standard.tardy)
    }

    @Test func readsSeveralDistricts() throws {
        var files = MemoryFiles(smallest + smallest.replacing("springfield", with: "shelbyville"))
        for suffix in ["clever-token", "schoology-key", "schoology-secret"] {
            files["/etc/sync/shelbyville.\(suffix)"] = "x"
        }
        #expect(try files.load().configuration.districts.map(\.name) == ["springfield", "shelbyville"])
    }

    @Test(arguments: [
        ("US/Central", true), ("UTC", true), ("Pacific/Honolulu", true), ("America/Argentina/Buenos_Aires", true),
        ("America/Nowhere", false), ("../../etc/passwd", false), ("", false), ("EST5", false), ("GMT-06:00", false),
    ])
    func knowsTimeZonesByTheirNamesInTheDatabase(name: String, isKnown: Bool) {
        let text = "[[district]]\nname = \"springfield\"\ntimezone = \"\(name)\"\ndirection = \"to_schoology\""
        #expect(MemoryFiles(text).errors().isEmpty == isKnown)
    }

    @Test func keepsTheStateWhereSystemdSays() throws {
        let files = MemoryFiles(smallest)
        let environment = ["STATE_DIRECTORY": "/var/lib/one:/var/lib/two"]
        #expect(try files.load(environment: environment).configuration.stateDirectory == "/var/lib/one")
        let written = MemoryFiles("[service]\nstate_directory = \"state\"\n" + smallest)
        #expect(try written.load(environment: environment).configuration.stateDirectory == "/etc/sync/state")
    }

    @Test func resolvesARelativeConfigurationPathAgainstTheCurrentDirectory() throws {
        var files = MemoryFiles(smallest)
        files.files = Dictionary(
            uniqueKeysWithValues: files.files.map {
                ($0.key.replacing("/etc/sync/", with: "/home/operator/sync/"), $0.value)
            })
        files["sync/sync.toml"] = files["/home/operator/sync/sync.toml"]
        files["/home/operator/sync/springfield.overrides.csv"] = ""
        let loaded = try files.load(path: "sync/sync.toml")
        #expect(loaded.file == "sync/sync.toml")
        let district = try #require(loaded.configuration.districts.first)
        #expect(district.matching.overridesFile == "/home/operator/sync/springfield.overrides.csv")
    }
}
