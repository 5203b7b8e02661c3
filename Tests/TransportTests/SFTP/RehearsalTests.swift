import Foundation
import Sandbox
import Testing
import Transport

/// An upload that only shows whether uploads work, against a real OpenSSH server.
@Suite(.enabled(if: OpenSSHServer.isInstalled)) struct RehearsalTests {
    @Test func leavesNothingBehindAndTheRealFileAsItIs() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let before = try FileManager.default.attributesOfItem(atPath: folder.path("attendance.csv"))
        #expect(
            await CurlSFTPTransport().rehearse(try folder.request()) == SFTPRehearsal(reached: .removed, error: nil))
        let after = try FileManager.default.attributesOfItem(atPath: folder.path("attendance.csv"))
        #expect(folder.names == ["attendance.csv"])
        #expect(folder.read() == DropFolder.old)
        #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
    }

    @Test func takesAwayWhatAnEarlierOneLeft() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        try folder.write(SFTPRehearsal.fileName, [1, 2, 3])
        #expect(await CurlSFTPTransport().rehearse(try folder.request()).error == nil)
        #expect(folder.names == [])
    }

    // As another user than root's, whom no mode stops.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func saysHowFarItCame() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        try folder.write("attendance.csv.part", [])
        chmod(folder.directory, 0o555)
        // The temporary file is there already and may be written; the folder may not.
        #expect(
            await CurlSFTPTransport().rehearse(try folder.request())
                == SFTPRehearsal(reached: .written, error: .notPermitted))
        #expect(folder.read() == DropFolder.old)
    }

    @Test func anAddressThatIsNoFileIsRefused() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let rehearsal = await CurlSFTPTransport().rehearse(try folder.request(url: "sftp://127.0.0.1/~/"))
        guard case .unusableAddress = rehearsal.error else {
            Issue.record("\(rehearsal)")
            return
        }
        #expect(rehearsal.reached == .nothing)
    }
}
