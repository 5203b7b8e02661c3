import Foundation
import Testing
import Transport

@Suite final class FileTimestampStoreTests {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("timestamp-\(UUID().uuidString)").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @Test func remembersAcrossProcesses() throws {
        #expect(try FileTimestampStore(path: path).advance { $0 ?? 1_700_000_000 } == 1_700_000_000)
        #expect(try FileTimestampStore(path: path).advance { ($0 ?? 0) + 1 } == 1_700_000_001)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "1700000001\n")
    }

    @Test func isReadableByItsOwnerAlone() throws {
        _ = try FileTimestampStore(path: path).advance { _ in 1 }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    /// `sudo attendance-sync plan` while the service is stopped.
    @Test(.enabled(if: geteuid() == 0)) func whatRootMakesBelongsToTheServicesUser() throws {
        let folder = path + ".d"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try #require(chown(folder, 65_534, 65_534) == 0)
        _ = try FileTimestampStore(path: folder + "/timestamp").advance { _ in 1 }
        let owner = try FileManager.default.attributesOfItem(atPath: folder + "/timestamp")[.ownerAccountID] as? Int
        #expect(owner == 65_534)
    }

    @Test(arguments: ["", "\n", "garbage\n", "17000", "-5\n", "99999999999999999999999999999999999999\n", "1 2\n"])
    func startsAfreshFromAFileWithoutATimestamp(_ content: String) throws {
        try content.write(toFile: path, atomically: false, encoding: .utf8)
        let store = FileTimestampStore(path: path)
        #expect(try store.advance { $0 ?? 1_700_000_000 } == 1_700_000_000)
        #expect(try store.advance { $0 ?? 0 } == 1_700_000_000)
        #expect(try FileTimestampStore(path: path).advance { $0 ?? 0 } == 1_700_000_000)
    }

    @Test func losesNoStepBetweenTwoWhoShareIt() async throws {
        let path = path
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = FileTimestampStore(path: path)
                    for _ in 0..<250 { _ = try store.advance { ($0 ?? 0) + 1 } }
                }
            }
            try await group.waitForAll()
        }
        let last = try FileTimestampStore(path: path).advance { $0 ?? 0 }
        #expect(last == 1000)
    }

    @Test func saysWhichFileItCanNotUse() {
        let missing = path + "/missing"
        #expect(throws: OAuthError.timestampFile(path: missing, code: ENOENT)) {
            try FileTimestampStore(path: missing).advance { _ in 1 }
        }
    }
}
