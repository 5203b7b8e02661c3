import Foundation
import Sandbox
import Testing

/// The SFTP login and the secret path of triggers are nowhere but in their files.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct WayBackSecretTests {
    @Test(arguments: ["logfmt", "json"]) func noSecretIsPrintedLoggedOrStored(format: String) async throws {
        let port = try LoopbackPort.free()
        let circle = try await Circle.make(
            options: .init(
                pollInterval: "1h", readBackInterval: "1h",
                service: "log_format = \"\(format)\"\nlog_level = \"debug\"", triggerPort: port))
        let place = circle.place
        let key = try circle.server.privateKeyFile.map { try String(contentsOfFile: $0, encoding: .utf8) }
        let keyLine = key?.split(separator: "\n").dropFirst(2).first.map(String.init)
        let secrets = [circle.server.password, keyLine, Circle.triggerPath, Obstacle.password].compactMap(\.self)
        var said = ""
        func run(_ arguments: String...) async throws {
            let ended = try await Program(
                arguments + ["--config", place.configuration.path], in: place.folder
            ).end()
            said += ended.output + ended.log
        }

        try circle.sandbox.setTriggerURL("http://127.0.0.1:\(port)\(Circle.triggerPath)")
        try place.secret(Obstacle.password, "sftp-password")
        let daemon = try place.start("run")
        try await eventually("it listens") { daemon.log.contains("trigger.listening") }
        try circle.teach(place.pairs[0], 3)
        #expect(try await circle.sandbox.trigger().status == 200)
        try circle.sandbox.setTriggerURL("http://127.0.0.1:\(port)\(Circle.triggerPath)/more")
        try circle.teach(place.pairs[1], 3)
        #expect(try await circle.sandbox.trigger(after: 1).status == 404)
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        said += ended.output + ended.log

        try await run("once", "--upload")
        try await run("status")
        if let password = circle.server.password { try place.secret(password, "sftp-password") }
        try circle.setKnownHosts("")
        try await run("check-config")
        try await run("once", "--json")
        try circle.setKnownHosts(circle.server.knownHosts())
        try await run("check-config", "--json")
        try await run("once", "--upload", "--json")
        try await run("outbox", "list", "--json")
        try await run("status", "--json")
        #expect(circle.rows?.count == 2)

        #expect(said.contains("csv.uploaded") && said.contains("known_hosts"))
        #expect(secrets.filter { said.contains($0) } == [])
        for name in try FileManager.default.contentsOfDirectory(atPath: place.stateFolder.path) {
            let bytes = try Data(contentsOf: place.stateFolder.appendingPathComponent(name))
            #expect(secrets.filter { bytes.range(of: Data($0.utf8)) != nil } == [], "\(name)")
        }
    }
}
