import Foundation
import Sandbox
import Testing
import Transport

/// Which server is believed. Every refusal happens before a login.
@Suite(.enabled(if: OpenSSHServer.isInstalled)) struct HostKeyTests {
    @Test(arguments: [SSHHostKey.ed25519, .ecdsa])
    func oneKindOfKeyInTheFileIsEnough(_ kind: SSHHostKey) async throws {
        let folder = try DropFolder(hostKeys: SSHHostKey.allCases)
        defer { folder.close() }
        let line = try #require(folder.server.knownHosts().split(separator: "\n").first { $0.contains(kind.rawValue) })
        try await CurlSFTPTransport().upload(folder.request(knownHosts: folder.knownHosts("\(line)\n")))
        #expect(folder.read() == [1])
    }

    /// libssh2 1.10 takes RSA with SHA-1 alone, and OpenSSH 8.8 and newer offer that only when they are told to.
    @Test func rsaIsEnoughWhereTheServerStillSignsWithSHA1() async throws {
        let folder = try DropFolder(hostKeys: [.rsa, .ed25519], options: ["HostKeyAlgorithms +ssh-rsa"])
        defer { folder.close() }
        let line = try #require(folder.server.knownHosts().split(separator: "\n").first { $0.contains("ssh-rsa") })
        try await CurlSFTPTransport().upload(folder.request(knownHosts: folder.knownHosts("\(line)\n")))
        #expect(folder.read() == [1])
    }

    @Test func allKindsInAnyOrderWork() async throws {
        let folder = try DropFolder(hostKeys: SSHHostKey.allCases)
        defer { folder.close() }
        let lines = folder.server.knownHosts().split(separator: "\n")
        for lines in [lines, lines.reversed(), lines.sorted()] {
            try await CurlSFTPTransport().upload(
                folder.request(knownHosts: folder.knownHosts(lines.joined(separator: "\n"))))
        }
    }

    @Test func aKindThatTheServerNoLongerHasIsPassedOver() async throws {
        let folder = try DropFolder(hostKeys: [.ecdsa])
        defer { folder.close() }
        let other = try DropFolder()
        defer { other.close() }
        let text = other.server.knownHosts(port: folder.server.port) + folder.server.knownHosts()
        try await CurlSFTPTransport().upload(folder.request(knownHosts: folder.knownHosts(text)))
        #expect(folder.read() == [1])
    }

    @Test func hashedNamesWork() async throws {
        let folder = try DropFolder(hostKeys: [.ed25519, .ecdsa])
        defer { folder.close() }
        // Another host's line first, which libcurl alone would take for this one's.
        let path = try folder.knownHosts(
            "other.example " + (folder.server.hostKeys.first { $0.contains("ecdsa") } ?? "") + "\n"
                + (folder.server.knownHosts().split(separator: "\n").first { $0.contains("ed25519") } ?? "") + "\n")
        let keygen = Process()
        keygen.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        keygen.arguments = ["-q", "-H", "-f", path]
        keygen.standardOutput = FileHandle.nullDevice
        keygen.standardError = FileHandle.nullDevice
        try keygen.run()
        keygen.waitUntilExit()
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("|1|"))
        try await CurlSFTPTransport().upload(folder.request(knownHosts: path))
        #expect(folder.read() == [1])
    }

    @Test func refusesAnUnknownKeyAndAddsNothing() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let other = "[127.0.0.1]:1 \(folder.server.hostKeys[0])\n# nothing else\n"
        for text in ["", other] {
            let path = try folder.knownHosts(text)
            #expect(await failure(of: try folder.request(knownHosts: path)) == .hostKeyUnknown)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        }
        #expect(folder.names.isEmpty)
        #expect(!folder.server.log.contains("Accepted"))
    }

    @Test func refusesAKeyOfAKindThatTheFileDoesNotHave() async throws {
        let folder = try DropFolder(hostKeys: [.ecdsa])
        defer { folder.close() }
        let other = try DropFolder()
        defer { other.close() }
        let path = try folder.knownHosts(other.server.knownHosts(port: folder.server.port))
        #expect(await failure(of: try folder.request(knownHosts: path)) == .hostKeyUnknown)
        #expect(folder.names.isEmpty)
        #expect(!folder.server.log.contains("Accepted"))
    }

    @Test func refusesAChangedKeyAndAddsNothing() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let text = folder.server.knownHosts()
        let path = try folder.knownHosts(text)
        let port = folder.server.port
        try await CurlSFTPTransport().upload(folder.request(knownHosts: path))
        folder.server.stop()
        // The same address, another key.
        let impostor = try OpenSSHServer.start(folder: folder.directory, login: .key, port: port)
        defer { impostor.stop() }
        let credential = SFTPCredential.privateKey(user: impostor.user, path: impostor.privateKeyFile ?? "")
        let error = await failure(of: try folder.request([2], knownHosts: path, credential: credential))
        #expect(error == .hostKeyChanged)
        #expect(error?.isOperatorProblem == true)
        let place = SFTPPlace(
            url: "sftp://127.0.0.1:\(port)/~/attendance.csv", knownHostsFile: path, loginFiles: "user and password")
        #expect(error?.repair(at: place).contains("`ssh-keyscan -p \(port) 127.0.0.1`") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
        #expect(folder.read() == [1])
        #expect(!impostor.log.contains("Accepted"))
        // Once the line is replaced, all is well.
        let mended = try folder.knownHosts(impostor.knownHosts())
        try await CurlSFTPTransport().upload(folder.request([2], knownHosts: mended, credential: credential))
        #expect(folder.read() == [2])
    }

    @Test func refusesARevokedKey() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let path = try folder.knownHosts(folder.server.knownHosts() + "@revoked * \(folder.server.hostKeys[0])\n")
        #expect(await failure(of: try folder.request(knownHosts: path)) == .hostKeyUnknown)
    }

    @Test func saysWhichFileCanNotBeRead() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let missing = "/nowhere/known_hosts"
        #expect(await failure(of: try folder.request(knownHosts: missing)) == .unreadableFile(path: missing))
        #expect(
            await failure(of: try folder.request(knownHosts: folder.directory))
                == .unreadableFile(path: folder.directory))
        let key = SFTPCredential.privateKey(user: folder.server.user, path: "/nowhere/key")
        #expect(await failure(of: try folder.request(credential: key)) == .unreadableFile(path: "/nowhere/key"))
        // Nobody was asked.
        #expect(!folder.server.log.contains("Connection from"))
    }
}
