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
        #expect(loaded.refusals.isEmpty)
        #expect(
            loaded.unused.map { "\($0.line):\($0.column) \($0.key) \($0.district ?? "-")" } == [
                "2:1 service.retention -",
                "7:18 district[0].clever.sftp springfield",
                "9:1 district[0].schoology.poll_interval springfield",
                "10:21 district[0].schoology.triggers springfield",
                "11:11 district[0].safety springfield",
            ])
        #expect(
            loaded.unused.first?.description
                == "/etc/sync/sync.toml:2:1: service.retention: nothing is purged in this version; everything is kept")
    }

    @Test func refusesADirectionThatThisVersionDoesNotHave() throws {
        let written = try MemoryFiles(smallest.replacing("to_schoology", with: "both") + "[district.clever.sftp]")
            .load(loadSecrets: false)
        #expect(written.refusals.map(\.line) == [4])
        let leftOut = try MemoryFiles("[[district]]\nname = \"a\"\ntimezone = \"UTC\"\n[district.clever.sftp]")
            .load(loadSecrets: false)
        #expect(leftOut.refusals.map(\.line) == [1])
        #expect(leftOut.refusals.first?.reason.contains("write direction = \"to_schoology\"") == true)
    }
}
