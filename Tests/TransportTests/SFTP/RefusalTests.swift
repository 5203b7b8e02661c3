import Foundation
import Sandbox
import Testing
import Transport

/// What a server can refuse, and what is left in the folder then.
@Suite(.enabled(if: OpenSSHServer.isInstalled)) struct RefusalTests {
    // A user with a password is made for the server alone, which needs root.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func wrongPassword() async throws {
        let folder = try DropFolder(login: .password, hasOld: true)
        defer { folder.close() }
        for (user, password) in [(folder.server.user, "s3cret"), (folder.server.user, ""), ("nobody", "s3cret")] {
            let credential = SFTPCredential.password(user: user, password: password)
            let error = await failure(of: try folder.request(credential: credential))
            #expect(error == .refusedCredential)
            #expect(error?.isOperatorProblem == true)
            #expect("\(error.map(String.init(describing:)) ?? "")".contains("s3cret") == false)
        }
        #expect(folder.read() == DropFolder.old)
        // Mended, it works again.
        try await CurlSFTPTransport().upload(folder.request([1]))
        #expect(folder.read() == [1])
    }

    @Test func wrongKey() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let other = try DropFolder()
        defer { other.close() }
        for path in [other.server.privateKeyFile ?? "", folder.server.knownHostsFile] {
            let credential = SFTPCredential.privateKey(user: folder.server.user, path: path)
            #expect(await failure(of: try folder.request(credential: credential)) == .refusedCredential)
        }
        #expect(folder.read() == DropFolder.old)
    }

    @Test func passwordWhereOnlyKeysAreTaken() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let credential = SFTPCredential.password(user: folder.server.user, password: "s3cret")
        #expect(await failure(of: try folder.request(credential: credential)) == .refusedCredential)
    }

    @Test func missingDirectory() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let url = folder.server.url(file: "nowhere/attendance.csv")
        #expect(await failure(of: try folder.request(url: url)) == .noSuchPath)
        #expect(folder.names.isEmpty)
    }

    // As another user than root's, whom no mode stops.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func readOnlyDirectory() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        chmod(folder.directory, 0o555)
        #expect(await failure(of: try folder.request()) == .notPermitted)
        // With the temporary name there already, it is the rename that is refused.
        try folder.write("attendance.csv.part", [])
        #expect(await failure(of: try folder.request()) == .notPermitted)
        #expect(folder.read() == DropFolder.old)
    }

    @Test func directoryUnderTheRealName() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        try FileManager.default.createDirectory(
            atPath: folder.path("attendance.csv"), withIntermediateDirectories: false)
        guard case .refused = await failure(of: try folder.request()) else {
            Issue.record("not refused")
            return
        }
    }

    // A file system of its own size is mounted for the server alone, which needs root.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers), arguments: [300_000, 5_000_000])
    func fullDisk(_ count: Int) async throws {
        let folder = try DropFolder(capacity: 65536, hasOld: true)
        defer { folder.close() }
        let error = await failure(of: try folder.request(sampleBytes(count)))
        #expect(error == .noSpace)
        #expect(error?.isOperatorProblem == true)
        #expect(error?.description.contains("full") == true)
        #expect(folder.read() == DropFolder.old)
        // What was left of it makes room for a smaller one.
        try await CurlSFTPTransport().upload(folder.request(sampleBytes(1000)))
        #expect(folder.read() == sampleBytes(1000))
        #expect(folder.names == ["attendance.csv"])
    }

    // See above.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func diskFullOfOtherFiles() async throws {
        let folder = try DropFolder(capacity: 65536, hasOld: true)
        defer { folder.close() }
        try? folder.write("other", sampleBytes(61440))
        #expect(await failure(of: try folder.request(sampleBytes(10_000))) == .noSpace)
        #expect(folder.read() == DropFolder.old)
    }

    @Test func nothingListens() async throws {
        let folder = try DropFolder()
        folder.server.stop()
        let known = try folder.knownHosts(folder.server.knownHosts())
        let key = SFTPCredential.password(user: "district", password: "s3cret")
        let error = await failure(of: try folder.request(knownHosts: known, credential: key))
        guard case .cannotConnect(let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.contains("127.0.0.1]:\(folder.server.port)"))
        #expect(error?.isOperatorProblem == false)
    }

    @Test func hostThatDoesNotExist() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let known = try folder.knownHosts("*.invalid \(folder.server.hostKeys[0])\n")
        let error = await failure(
            of: try folder.request(url: "sftp://sftp.invalid/~/attendance.csv", knownHosts: known))
        guard case .cannotConnect = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "https://127.0.0.1/~/a.csv", "sftp://127.0.0.1/~/", "sftp://127.0.0.1", "sftp://user:pw@127.0.0.1/~/a.csv",
        "sftp://127.0.0.1/~/..", "sftp://127.0.0.1/~/a%00.csv", "sftp://127.0.0.1:0/~/a.csv", "sftp://a b/~/a.csv",
    ])
    func addressThatIsNotAFile(_ url: String) async throws {
        let upload = SFTPUpload(
            url: url, temporaryName: "t", bytes: [], credential: .password(user: "u", password: "pw"),
            knownHostsFile: "/dev/null")
        let error = await failure(of: upload)
        guard case .unusableAddress(let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!detail.contains("pw"))
    }
}
