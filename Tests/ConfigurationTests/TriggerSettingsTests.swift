import AttendanceCore
import Configuration
import Testing

/// `[district.schoology.triggers]`.
@Suite struct TriggerSettingsTests {
    static let table = "district[0].schoology.triggers"
    static let path = "/hidden/" + String(repeating: "aZ09-._~", count: 4)

    static func files(_ lines: String = "", path: String? = path) -> MemoryFiles {
        var files = MemoryFiles(smallest + "[district.schoology.triggers]\n" + lines)
        files["/etc/sync/springfield.trigger-path"] = path
        return files
    }

    @Test(arguments: ["127.0.0.1:8787", "127.255.0.9:1", "[::1]:65535", "localhost:8787"])
    func listensOnLoopbackAddresses(listen: String) throws {
        let triggers = try Self.files("listen = \"\(listen)\"").load().configuration.districts.first?.schoology.triggers
        #expect(triggers?.listen == listen)
        #expect(triggers?.path == Secret(Self.path))
    }

    @Test(arguments: [
        "0.0.0.0:8787", "[::]:8787", "10.0.0.1:8787", "128.0.0.1:80", "127.0.0.1.example.com:80", "127.1:80", "*:80",
        ":8787", "8787", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1:-1", "127.0.0.1:",
        "::1:80", "[::1]", "http://127.0.0.1:80", "localhost.:80", "127.0.0.1:80 ", "127.0.0.256:80", "",
        "[::ffff:127.0.0.1]:80", "springfield.org:80",
    ])
    func refusesOtherAddresses(listen: String) {
        #expect(Self.files("listen = \"\(listen)\"").errors().map(\.key) == ["\(Self.table).listen"])
    }

    @Test(arguments: [
        "/" + String(repeating: "a", count: 31), "/" + String(repeating: "a", count: 1023), path + "\r\n",
    ])
    func takesAPathThatNobodyGuesses(path: String) {
        #expect(Self.files(path: path).errors().isEmpty)
    }

    @Test(arguments: [
        "/" + String(repeating: "a", count: 30), "/" + String(repeating: "a", count: 1024),
        String(repeating: "a", count: 40), "/" + String(repeating: "a b", count: 20), path + "?x", path + "#x",
        path + "%41", path + "/", path + "//b", path + "/..", path + "/./b", path + "ä", path + "\\",
        path + "\n" + path,
        "/" + path, "https://example.org" + path, path + "\u{0}", path + "\u{7F}", path + ";", "", "\n",
    ])
    func refusesAPathThatCanBeGuessedOrDoesNotArrive(path: String) {
        let errors = Self.files(path: path).errors()
        #expect(errors.map(\.key) == ["\(Self.table).path_file"])
        #expect(!"\(errors)".contains("hidden") && !"\(errors)".contains("aaaa"))
    }

    @Test func refusesAPathThatOthersRead() {
        var files = Self.files()
        files.files["/etc/sync/springfield.trigger-path"]?.mode = 0o644
        #expect(files.errors().first?.hint == "chmod 600 /etc/sync/springfield.trigger-path")
    }

    @Test(arguments: [
        ("127.0.0.1:1", "127.0.0.1:1", false), ("localhost:1", "127.0.0.1:1", false),
        ("127.0.0.1:1", "127.0.0.1:2", true), ("[::1]:1", "127.0.0.1:1", true),
    ])
    func districtsOnOneAddressNeedPathsOfTheirOwn(first: String, second: String, isValid: Bool) throws {
        func district(_ name: String, _ listen: String) -> String {
            smallest.replacing("springfield", with: name) + "[district.schoology.triggers]\nlisten = \"\(listen)\"\n"
        }
        var files = MemoryFiles(district("springfield", first) + district("shelbyville", second))
        for suffix in ["clever-token", "schoology-key", "schoology-secret"] {
            files["/etc/sync/shelbyville.\(suffix)"] = "x"
        }
        files["/etc/sync/springfield.trigger-path"] = Self.path
        files["/etc/sync/shelbyville.trigger-path"] = Self.path
        let errors = files.errors()
        #expect(errors.map(\.key) == (isValid ? [] : ["district[1].schoology.triggers.path_file"]))
        #expect(!"\(errors)".contains("hidden"))
        files["/etc/sync/shelbyville.trigger-path"] = Self.path + "b"
        #expect(files.errors().isEmpty)
        #expect(files.errors(loadSecrets: false).isEmpty)
    }
}
