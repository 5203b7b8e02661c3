import Configuration
import Testing

@Suite struct NotYetAvailableTests {
    @Test func listsWhatIsWrittenAndHasNoEffectYet() throws {
        var files = MemoryFiles(
            "[service]\nretention = \"1d\"\n" + smallest
                + "[district.clever.sftp]\n[district.schoology]\npoll_interval = \"5m\"\n[district.schoology.triggers]\n"
                + "[district.safety]\nfirst_cycle = \"hold\"\n")
        files["/etc/sync/springfield.trigger-path"] = "/" + String(repeating: "a", count: 40)
        let loaded = try files.load()
        #expect(
            loaded.notYetAvailable.map { "\($0.line):\($0.column) \($0.key) \($0.district ?? "-")" } == [
                "2:1 service.retention springfield",
                "11:11 district[0].safety springfield",
            ])
        #expect(
            loaded.notYetAvailable.first?.description
                == "/etc/sync/sync.toml:2:1: service.retention: 1d is shorter than the lookback of springfield (14d) and a "
                + "week; 21d counts there")
    }

    @Test(arguments: [("21d", 0), ("20d", 1), ("1s", 1)])
    func aRetentionShorterThanWhatIsReadIsRaised(retention: String, notices: Int) throws {
        let text = "[service]\nretention = \"\(retention)\"\n" + smallest
        #expect(try MemoryFiles(text).load(loadSecrets: false).notYetAvailable.count == notices)
    }

    @Test(arguments: ["both", "to_clever", "to_schoology"])
    func takesEveryDirection(direction: String) throws {
        let text = smallest.replacing("to_schoology", with: direction) + "[district.clever.sftp]\n"
        #expect(try MemoryFiles(text).load(loadSecrets: false).notYetAvailable.isEmpty)
    }
}
