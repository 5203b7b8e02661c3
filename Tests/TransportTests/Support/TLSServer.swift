import Foundation
import TestServers

/// `openssl s_server` on an ephemeral port of 127.0.0.1: it answers every request with a page about the session.
final class TLSServer: Sendable {
    let port: Int
    private let process: Process

    init(_ certificates: Certificates, _ name: String) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-cert", "\(name).pem", "-key", "\(name).key", "-www",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: certificates.directory)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !(text.contains("ACCEPT ") && text.hasSuffix("\n")) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw NotStarted() }
            text += String(decoding: data, as: UTF8.self)
        }
        // "ACCEPT 127.0.0.1:12345"
        let address = text.components(separatedBy: "ACCEPT ")[1].prefix { !$0.isNewline }
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }) else { throw NotStarted() }
        self.port = port
        self.process = process
    }

    deinit {
        // A child of a pool thread inherits its blocked signals; this one can't be blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    struct NotStarted: Error {}
}
