import AttendanceCore
import Configuration
import Testing

@Suite struct SecretFileTests {
    static let token = "/etc/sync/springfield.clever-token"

    @Test(arguments: [0o600, 0o400] as [UInt32])
    func takesAFileThatOnlyItsOwnerReads(mode: UInt32) {
        var files = MemoryFiles(smallest)
        files.files[Self.token]?.mode = mode
        #expect(files.errors().isEmpty)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o620, 0o601] as [UInt32])
    func refusesAFileThatOthersReach(mode: UInt32) {
        var files = MemoryFiles(smallest)
        files.files[Self.token]?.mode = mode
        let error = files.errors().first?.description
        #expect(
            error == "/etc/sync/sync.toml:1:3: district[0].clever.token_file: \(Self.token) can be read by others "
                + "(mode 0\(String(mode, radix: 8))); chmod 600 \(Self.token)")
    }

    @Test func leavesTheModesOfCredentialsToSystemd() throws {
        var files = MemoryFiles(smallest, secrets: false)
        for name in ["clever-token", "schoology-key", "schoology-secret"] {
            files.files["/run/credentials/x/springfield.\(name)"] = .init(bytes: Array("\(name)\n".utf8), mode: 0o440)
        }
        let loaded = try files.load(environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/x"])
        #expect(loaded.configuration.districts.first?.clever.token.reveal() == "clever-token")
    }

    /// `LoadCredential=secrets:FOLDER` hands over each file of the folder as `secrets_NAME`.
    @Test func findsWhatSystemdHandsOverOfAFolder() throws {
        var files = MemoryFiles(smallest, secrets: false)
        for name in ["clever-token", "schoology-key", "schoology-secret"] {
            files.files["/run/credentials/x/secrets_springfield.\(name)"] = .init(
                bytes: Array("folder\n".utf8), mode: 0o440)
        }
        let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/x"]
        #expect(
            try files.load(environment: environment).configuration.districts.first?.clever.token.reveal() == "folder")
        // One of its own goes before the folder's.
        files.files["/run/credentials/x/springfield.clever-token"] = .init(bytes: Array("own\n".utf8), mode: 0o440)
        #expect(try files.load(environment: environment).configuration.districts.first?.clever.token.reveal() == "own")
    }

    /// The commands, which systemd hands nothing, read the same folder.
    @Test func findsSecretsInTheFolderBesideTheConfiguration() throws {
        var files = MemoryFiles(smallest, secrets: false)
        for name in ["clever-token", "schoology-key", "schoology-secret"] {
            files.files["/etc/sync/secrets/springfield.\(name)"] = .init(bytes: Array("folder\n".utf8), mode: 0o600)
        }
        #expect(files.errors().isEmpty == false)
        files.files["/etc/sync/secrets"] = .init(bytes: [], mode: 0o700)
        let token = try files.load().configuration.districts.first?.clever.token
        #expect(token?.reveal() == "folder")
        #expect(token?.file == "/etc/sync/secrets/springfield.clever-token")
    }

    @Test func pointsToTheUnitWhenACredentialIsMissing() {
        let files = MemoryFiles(smallest)
        let errors = files.errors(environment: ["CREDENTIALS_DIRECTORY": "/run/credentials/x"])
        #expect(errors.count == 3)
        #expect(errors.allSatisfy { $0.message.contains("/run/credentials/x/springfield.") })
        #expect(errors.allSatisfy { $0.hint.contains("LoadCredential=") })
    }

    @Test(arguments: [
        ("", "is empty"), ("\n\r\n", "is empty"), ("one\ntwo\n", "more than one line"),
        ("a\u{7}b", "more than one line"),
    ])
    func refusesWhatIsNotASecretOnOneLine(content: String, says: String) {
        var files = MemoryFiles(smallest)
        files[Self.token] = content
        let errors = files.errors()
        #expect(errors.count == 1)
        #expect(errors.first?.message.contains(says) == true)
    }

    @Test(arguments: [
        ("token\n", "token"), ("token\r\n", "token"), (" to ken ", " to ken "), ("\u{FEFF}token", "token"),
    ])
    func trimsLineEndsOnly(content: String, secret: String) throws {
        var files = MemoryFiles(smallest)
        files[Self.token] = content
        #expect(try files.load().configuration.districts.first?.clever.token.reveal() == secret)
    }

    @Test func neverShowsASecret() throws {
        var files = MemoryFiles(smallest + "[district.schoology.triggers]\n")
        files[Self.token] = "hidden\nhidden"
        files["/etc/sync/springfield.trigger-path"] = "/hidden"
        let errors = files.errors()
        #expect(errors.count == 2)
        #expect(!String(describing: errors).contains("hidden"))
        let loaded = try MemoryFiles(smallest).load()
        var dumped = ""
        dump(loaded, to: &dumped)
        #expect(!dumped.contains("clever-secret") && !"\(loaded)".contains("clever-secret"))
    }

    @Test func neverShowsWhatWasPastedWithoutQuotes() {
        for value in [
            "hidden-value", "thidden", "1hidden", "\"hidden", "'hidden", "[hidden", "{hidden", "0xhidden", "+hidden",
        ] {
            let errors = MemoryFiles(smallest + "[district.clever]\ntoken_file = \(value)\n").errors()
            #expect(errors.count == 1)
            #expect(!String(describing: errors).contains("hidden"), "\(errors)")
        }
    }

    @Test func readsNoSecretsWhenNoneAreWanted() throws {
        let text =
            smallest + "[district.schoology]\nca_file = \"none.pem\"\n[district.matching]\noverrides_file = \"o.csv\""
        let loaded = try MemoryFiles(text, secrets: false).load(loadSecrets: false)
        #expect(loaded.configuration.districts.first?.clever.token == Secret(""))
    }
}
