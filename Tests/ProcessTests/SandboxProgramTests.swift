import Foundation
import FoundationNetworking
import Sandbox
import Testing

/// `attendance-sandbox`: what it prints and writes is enough for attendance-sync to work against it.
@Suite struct SandboxProgramTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("try-\(UUID().uuidString)")

    /// Runs `body` beside the program, with the document that it prints; it must end by itself when told to.
    private func withSandbox(
        _ arguments: [String] = [], _ body: ([String: Any], _ configuration: String) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = folder.appendingPathComponent("written/attendance-sync.toml").path
        let sandbox = try Program(
            [
                "--json", "--for", "10m", "--students", "12", "--days", "2", "--schoology-credits", "500",
                "--timezone", "Etc/UTC", "--write-config", configuration,
            ] + arguments, of: "attendance-sandbox", in: folder)
        try await eventually("the document is printed") {
            sandbox.output.hasSuffix("}\n") || !sandbox.isRunning
        }
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.output.utf8)) as? [String: Any], "\(sandbox.log)")
        try await body(document, configuration)
        sandbox.signal(SIGTERM)
        #expect(try await sandbox.end(within: .seconds(20)).status == 0)
        // Its own folders went with it.
        let drop = try #require(document["drop_folder"] as? String)
        #expect(!FileManager.default.fileExists(atPath: drop))
    }

    private func once(_ configuration: String) async throws -> Program.Ended {
        try await Program(["once", "--upload", "--config", configuration], in: folder).end()
    }

    @Test(
        .enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server"),
        arguments: OpenSSHServer.canMakeUsers ? ["key", "password"] : ["key"])
    func offersSFTPAndConfiguresBothDirections(login: String) async throws {
        try await withSandbox(["--sftp-login", login]) { document, configuration in
            let sftp = try #require(document["sftp"] as? [String: Any])
            #expect((sftp["url"] as? String)?.hasPrefix("sftp://127.0.0.1:") == true)
            let secret = try #require(sftp[login == "key" ? "private_key_file" : "password_file"] as? String)
            let attributes = try FileManager.default.attributesOfItem(atPath: secret)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let known = try String(contentsOfFile: try #require(sftp["known_hosts_file"] as? String), encoding: .utf8)
            #expect(known.hasPrefix("[127.0.0.1]:\(sftp["port"] as? Int ?? 0) ssh-"))
            let text = try String(contentsOfFile: configuration, encoding: .utf8)
            #expect(text.contains("direction = \"both\""))
            let ended = try await once(configuration)
            #expect(ended.status == 0, "\(ended.output)\(ended.log)")
        }
    }

    @Test func withoutSFTPItSaysSoAndConfiguresOneDirection() async throws {
        try await withSandbox(["--no-sftp"]) { document, configuration in
            #expect(document["sftp"] is NSNull)
            #expect(document["sftp_missing"] as? String == "--no-sftp was given")
            let text = try String(contentsOfFile: configuration, encoding: .utf8)
            #expect(text.contains("direction = \"to_schoology\""))
            let ended = try await once(configuration)
            #expect(ended.status == 0, "\(ended.log)")
        }
    }

    @Test func configuresTriggersThatItSends() async throws {
        try await withSandbox(["--no-sftp", "--triggers"]) { document, configuration in
            let daemon = try Program(["run", "--config", configuration], in: folder)
            try await daemon.logs("trigger.listening")
            let control = try #require(document["control_url"] as? String)
            let sample = try await ask("\(control)/_sandbox/sample?status=present&limit=1")
            let pair = try #require((sample["records"] as? [[String: Any]])?.first)
            _ = try await ask(
                "\(control)/_sandbox/schoology/mark",
                body: "{\"enrollment\":\"\(pair["enrollment"] as? String ?? "")\",\"status\":3}")
            try await daemon.logs("trigger.received")
            daemon.signal(SIGTERM)
            let ended = try await daemon.end()
            #expect(ended.status == 0)
        }
    }

    @Test(arguments: [
        ["--no-sftp", "--direction", "both"], ["--direction", "sideways"], ["--sftp-login", "none"],
        ["--triggers", "--trigger-url", "http://127.0.0.1:1/x"],
    ])
    func wrongWordsAreWrongUsage(arguments: [String]) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.toml").path
        let ended = try await Program(arguments + ["--write-config", path], of: "attendance-sandbox", in: folder).end()
        #expect(ended.status == 64)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    private func ask(_ address: String, body: String? = nil) async throws -> [String: Any] {
        var request = URLRequest(url: try #require(URL(string: address)))
        request.httpMethod = body == nil ? "GET" : "POST"
        request.httpBody = body.map { Data($0.utf8) }
        let (data, _) = try await URLSession.shared.data(for: request)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
