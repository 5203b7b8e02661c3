import Foundation
import Sandbox
import Testing

/// `sd_notify` over a real socket.
@Suite struct NotifyTests {
    @Test func systemdHearsOfEveryStepOfTheService() async throws {
        let place = try await Installation.make()
        let socket = try NotifySocket(in: place.folder)
        let daemon = try place.start(
            "run", environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000"])
        try await eventually("READY") { try socket.has("READY=1") }
        try await eventually("STATUS of a cycle") { try socket.has("STATUS=town: cycle ") }
        // Idle between two cycles is no reason to stop feeding the watchdog.
        try await eventually("WATCHDOG") { try socket.count("WATCHDOG=1") >= 3 }
        daemon.signal(SIGHUP)
        try await eventually("RELOADING") { try socket.has("RELOADING=1\nMONOTONIC_USEC=") }
        try await eventually("READY again") { try socket.count("READY=1") >= 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        let all = try socket.messages()
        #expect(all.first?.hasPrefix("READY=1") == true)
        #expect(all.contains("STOPPING=1"))
        let stopping = try #require(all.firstIndex(of: "STOPPING=1"))
        #expect(!all[stopping...].contains { $0.hasPrefix("READY=1") })
    }

    @Test func theWatchdogIsNotFedByACycleThatHangs() async throws {
        let place = try await Installation.make()
        let socket = try NotifySocket(in: place.folder)
        let fault = place.sandbox.add(
            Fault(.hang(seconds: 3600), path: "/v3.1/attendance/*", count: 1))
        let daemon = try place.start(
            "run", environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "300000"])
        try await eventually("a request hangs") { place.sandbox.strikes(ofFault: fault) == 1 }
        let clock = ContinuousClock()
        var fed = try socket.count("WATCHDOG=1")
        var since = clock.now
        // Four times what systemd waits: it would have acted.
        try await eventually("the watchdog goes hungry", within: .seconds(20)) {
            let now = try socket.count("WATCHDOG=1")
            if now != fed { (fed, since) = (now, clock.now) }
            return clock.now - since > .milliseconds(1200)
        }
        #expect(daemon.isRunning)
        daemon.signal(SIGKILL)
    }

    @Test func nothingIsReadyWithoutAConfigurationOrAState() async throws {
        let place = try await Installation.make()
        let socket = try NotifySocket(in: place.folder)
        try FileManager.default.createDirectory(at: place.stateFolder, withIntermediateDirectories: true)
        try Data("no database".utf8).write(to: place.stateFile)
        #expect(try await place.run("run", environment: ["NOTIFY_SOCKET": socket.path]).status == 78)
        #expect(try !socket.has("READY=1"))
    }
}

/// The socket that systemd would listen on.
final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private var received: [String] = []

    init(in folder: URL) throws {
        path = folder.appendingPathComponent("notify").path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// Every message so far.
    func messages() throws -> [String] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return received }
            received.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }

    func count(_ prefix: String) throws -> Int { try messages().count { $0.hasPrefix(prefix) } }

    func has(_ prefix: String) throws -> Bool { try count(prefix) > 0 }
}
