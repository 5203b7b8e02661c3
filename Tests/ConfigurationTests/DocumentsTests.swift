import AttendanceCore
import Configuration
import Foundation
import Testing

/// The committed documents say what the program does. `ATTENDANCE_SYNC_WRITE_DOCS=1 swift test` writes them anew.
@Suite struct DocumentsTests {
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func theReferenceIsUpToDate() throws {
        let file = Self.repository.appending(path: "docs/CONFIGURATION.md")
        let document = ConfigurationLoader.referenceDocument()
        if ProcessInfo.processInfo.environment["ATTENDANCE_SYNC_WRITE_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try document.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == document)
    }

    /// With its comments and with what they leave out.
    @Test(arguments: [false, true])
    func theExampleIsValid(uncommented: Bool) throws {
        let file = Self.repository.appending(path: "config/attendance-sync.example.toml")
        var text = try String(contentsOf: file, encoding: .utf8)
        if uncommented {
            text = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.firstMatch(of: /^# (\[|[a-z_]+ = )/) == nil ? line : line.dropFirst(2)
            }.joined(separator: "\n")
        }
        let loaded = try MemoryFiles(text).load(loadSecrets: false)
        let district = try #require(loaded.configuration.districts.first)
        #expect(district.safety.firstCycle == .hold)
        var wayBack = SFTPSettings()
        wayBack.knownHostsFile = "/etc/sync/known_hosts"
        #expect(district.clever.sftp == wayBack)
        #expect((district.schoology.triggers != nil) == uncommented)

        // Apart from what a new operator should choose, it shows the defaults.
        var standard = try #require(try MemoryFiles(smallest).load(loadSecrets: false).configuration.districts.first)
        standard.direction = .both
        standard.safety.firstCycle = .hold
        var shown = district
        shown.clever.sftp = nil
        shown.schoology.triggers = nil
        shown.matching.overridesFile = ""
        #expect(shown == standard)
    }
}
