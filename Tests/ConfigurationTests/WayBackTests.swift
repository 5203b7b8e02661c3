import AttendanceCore
import Configuration
import Testing

/// `[district.clever.sftp]`.
@Suite struct WayBackTests {
    static let table = "district[0].clever.sftp"

    /// A configuration for `both` with all its files, and `lines` in the table of the way back.
    static func both(_ lines: String = "", direction: String = "both") -> MemoryFiles {
        var files = MemoryFiles(
            smallest.replacing("to_schoology", with: direction) + "[district.clever.sftp]\n" + lines)
        files["/etc/sync/springfield.sftp-user"] = "user\n"
        files["/etc/sync/springfield.sftp-password"] = "sftp-hidden\n"
        files["/etc/sync/known_hosts"] = "# clever\nsftp.clever.com ssh-ed25519 AAAA\n"
        return files
    }

    @Test(arguments: ["both", "to_clever"])
    func readsItForTheDirectionsThatUseIt(direction: String) throws {
        let sftp = try #require(
            try Self.both(direction: direction).load().configuration.districts.first?.clever.sftp)
        #expect(sftp.username == Secret("user"))
        #expect(sftp.credential == .password(Secret("sftp-hidden")))
        #expect(sftp.knownHostsFile == "/etc/sync/known_hosts")
        #expect(!"\(sftp)".contains("hidden"))
    }

    @Test func needsNoSecretsForTablesThatTheDirectionDoesNotUse() throws {
        for lines in ["", "username_file = \"u\"\n", "private_key_file = \"k\"\nknown_hosts_file = \"h\"\n"] {
            let loaded = try MemoryFiles(smallest + "[district.clever.sftp]\n" + lines).load()
            #expect(loaded.configuration.districts.first?.clever.sftp != nil)
        }
    }

    @Test(arguments: ["both", "to_clever"])
    func saysWhatToWriteWhereTheTableIsMissing(direction: String) {
        let errors = MemoryFiles(smallest.replacing("to_schoology", with: direction)).errors()
        #expect(
            errors.map(\.description) == [
                "/etc/sync/sync.toml:1:3: \(Self.table): is missing, and the direction \"\(direction)\" needs it; add "
                    + "[district.clever.sftp] with username_file, password_file and known_hosts_file, or write "
                    + "direction = \"to_schoology\""
            ])
        let leftOut = MemoryFiles("[[district]]\nname = \"springfield\"\ntimezone = \"UTC\"\n").errors()
        #expect(leftOut.map(\.key) == [Self.table])
        #expect(leftOut.first?.message.contains("which holds when none is written") == true)
    }

    @Test(arguments: ["both", "to_clever"])
    func needsItsFilesForTheDirectionsThatUseIt(direction: String) {
        let text = smallest.replacing("to_schoology", with: direction) + "[district.clever.sftp]\n"
        let keys = MemoryFiles(text).errors().map(\.key)
        #expect(keys == ["username_file", "password_file", "known_hosts_file"].map { "\(Self.table).\($0)" })
    }

    @Test func tellsHowToGetTheHostKey() {
        var files = Self.both("url = \"sftp://files.example.org:2022/up/attendance.csv\"\nknown_hosts_file = \"h\"")
        let missing = files.errors().first?.description
        #expect(
            missing == "/etc/sync/sync.toml:7:1: \(Self.table).known_hosts_file: /etc/sync/h doesn't exist; "
                + "ssh-keyscan -p 2022 files.example.org > /etc/sync/h, and compare its fingerprint with Clever's")
        files["/etc/sync/h"] = "# nothing\n\n  \n"
        #expect(files.errors().map(\.message) == ["/etc/sync/h holds no host key"])
        files["/etc/sync/h"] = "[files.example.org]:2022 ssh-ed25519 AAAA\n"
        files.files["/etc/sync/h"]?.mode = 0o644
        #expect(files.errors().isEmpty)
    }

    @Test(arguments: [
        "sftp://sftp.clever.com/~/attendance.csv", "sftp://[::1]:2022/attendance.csv", "SFTP://a.example/b%20c.csv",
        "sftp://127.0.0.1:65535/a/b/c.csv",
    ])
    func takesAnAddressWithAFileAtTheEnd(url: String) throws {
        let sftp = try Self.both("url = \"\(url)\"").load().configuration.districts.first?.clever.sftp
        #expect(sftp?.url == url)
    }

    @Test(arguments: [
        "sftp://host", "sftp://host/", "sftp://host/~", "sftp://host/~/", "sftp://host/a/", "sftp://host/..",
        "sftp://host/a/.", "sftp://host/a?b", "sftp://host/a#b", "sftp:///a.csv", "sftp:a.csv", "host:/a.csv", "",
        "sftp://host:0/a.csv", "sftp://host:/a.csv", "sftp://host:65536/a.csv", "sftp://host/a%0Aquote",
        "sftp://host/a%00", "sftp://host/a%2F", "sftp://host/a b", "sftp://user@host/a.csv",
        "sftp://:hidden@host/a.csv",
        "sftp://host/%zz", "scp://host/a.csv", "sftp://host/%2E%2E",
    ])
    func refusesOtherAddresses(url: String) {
        let errors = Self.both("url = \"\(url)\"").errors()
        #expect(errors.map(\.key) == ["\(Self.table).url"])
        #expect(!"\(errors)".contains("hidden"))
    }

    @Test(arguments: ["upload_interval", "confirm_within"])
    func wantsDurationsThatAreMoreThanNothing(key: String) {
        #expect(Self.both("\(key) = \"0h\"").errors().map(\.key) == ["\(Self.table).\(key)"])
        #expect(Self.both("\(key) = \"1s\"").errors().isEmpty)
    }

    @Test func knowsTheTwoNamesOfTheLastColumn() {
        #expect(Self.both("last_column = \"Attendance_id\"").errors().isEmpty)
        let error = Self.both("last_column = \"sis_id\"").errors().first
        #expect(error?.key == "\(Self.table).last_column")
        #expect(error?.hint.contains("Sis_id, Attendance_id") == true)
    }

    @Test(arguments: [0o644, 0o640] as [UInt32])
    func refusesCredentialsThatOthersReach(mode: UInt32) {
        for (name, key) in [("sftp-user", "username_file"), ("sftp-password", "password_file")] {
            var files = Self.both()
            files.files["/etc/sync/springfield.\(name)"]?.mode = mode
            #expect(files.errors().map(\.key) == ["\(Self.table).\(key)"])
        }
    }
}
