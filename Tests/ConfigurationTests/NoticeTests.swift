import Configuration
import Testing

@Suite struct NoticeTests {
    @Test func saysWhereAndWhatCountsInstead() throws {
        let loaded = try MemoryFiles("[service]\nretention = \"1d\"\n" + smallest).load()
        #expect(
            loaded.notices.map(\.description) == [
                "/etc/sync/sync.toml:2:1: service.retention: 1d is shorter than the lookback of springfield (14d) and a "
                    + "week; 21d counts there"
            ])
    }

    @Test(arguments: [("21d", 0), ("20d", 1), ("1s", 1)])
    func aRetentionShorterThanWhatIsReadIsRaised(retention: String, notices: Int) throws {
        let text = "[service]\nretention = \"\(retention)\"\n" + smallest
        #expect(try MemoryFiles(text).load(loadSecrets: false).notices.count == notices)
    }

    @Test(arguments: ["both", "to_clever", "to_schoology"])
    func takesEveryDirection(direction: String) throws {
        let text = smallest.replacing("to_schoology", with: direction) + "[district.clever.sftp]\n"
        #expect(try MemoryFiles(text).load(loadSecrets: false).notices.isEmpty)
    }
}
