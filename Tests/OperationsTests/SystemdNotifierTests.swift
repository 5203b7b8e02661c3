import AttendanceCore
import Foundation
import Operations
import Testing

@Suite struct SystemdNotifierTests {
    /// systemd's end of the socket.
    struct Receiver: ~Copyable {
        let descriptor: Int32
        let name: String

        /// - Parameter name: a path, or `@` and an abstract name.
        init(name: String) throws {
            self.name = name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            if name.hasPrefix("@") { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(2 + bytes.count + (name.hasPrefix("@") ? 0 : 1))
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(bound == 0)
        }

        deinit {
            close(descriptor)
            if !name.hasPrefix("@") { unlink(name) }
        }

        func next() -> String? {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    @Test(arguments: [true, false])
    func speaksToTheSocket(isAbstract: Bool) throws {
        let unique = "attendance-sync-\(UUID().uuidString)"
        let name = isAbstract ? "@" + unique : FileManager.default.temporaryDirectory.appending(path: unique).path
        let receiver = try Receiver(name: name)
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": name])
        let messages: [(SystemdNotifier.Message, String)] = [
            (.ready(status: "2 districts"), "READY=1\nSTATUS=2 districts"),
            (.status("one\nREADY=1"), "STATUS=one READY=1"),
            (.watchdog, "WATCHDOG=1"),
            (.reloading(monotonicMicroseconds: 42), "RELOADING=1\nMONOTONIC_USEC=42"),
            (.stopping, "STOPPING=1"),
        ]
        for (message, text) in messages {
            #expect(notifier.send(message))
            #expect(receiver.next() == text)
        }
        #expect(notifier.sendReloading())
        let reloading = (receiver.next() ?? "").split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        #expect(reloading.last?.wholeMatch(of: /MONOTONIC_USEC=[1-9][0-9]+/) != nil)
    }

    @Test(arguments: [nil, "", "relative", "/nowhere/at/all", "@" + String(repeating: "x", count: 200)])
    func isSilentWithoutASocket(name: String?) {
        let environment = name.map { ["NOTIFY_SOCKET": $0] } ?? [:]
        #expect(!SystemdNotifier(environment: environment).send(.watchdog))
    }

    @Test(
        arguments: [
            (["WATCHDOG_USEC": "30000000"], Span.seconds(30)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], .seconds(30)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "soon"], nil), ([:], nil),
        ] as [([String: String], Span?)])
    func knowsHowOftenSystemdLooks(environment: [String: String], interval: Span?) {
        #expect(SystemdNotifier(environment: environment, processID: 7).watchdogInterval == interval)
    }
}
