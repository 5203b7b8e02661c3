import AttendanceCore
import Glibc

/// Tells systemd how the service is (`sd_notify(3)`): datagrams to the socket that `NOTIFY_SOCKET` names.
///
/// Without the variable, or without anybody listening, every message is a no-op.
public struct SystemdNotifier: Sendable {
    public enum Message: Sendable, Hashable {
        case ready(status: String)
        case status(String)
        /// The watchdog is fed: cycles make progress.
        case watchdog
        /// The configuration is being read again; `ready` ends it.
        case reloading(monotonicMicroseconds: UInt64)
        case stopping

        /// As the protocol writes it. A line end in a status would begin another assignment.
        var text: String {
            switch self {
            case .ready(let status): "READY=1\nSTATUS=" + Self.oneLine(status)
            case .status(let status): "STATUS=" + Self.oneLine(status)
            case .watchdog: "WATCHDOG=1"
            case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
            case .stopping: "STOPPING=1"
            }
        }

        private static func oneLine(_ status: String) -> String {
            String(status.map { $0.isNewline ? " " : $0 })
        }
    }

    /// How often systemd wants `watchdog` at the latest; send it about twice as often. Nil: it doesn't watch.
    public let watchdogInterval: Span?
    private let socketName: String?

    public init(environment: [String: String], processID: Int32 = getpid()) {
        socketName = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        watchdogInterval = Self.watchdogInterval(environment, processID)
    }

    /// - Returns: true when systemd's socket took the message.
    @discardableResult public func send(_ message: Message) -> Bool {
        guard let socketName else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard let address = Self.address(of: socketName) else { return false }
        let bytes = Array(message.text.utf8)
        return Self.send(bytes, from: descriptor, to: address) == bytes.count
    }

    /// One datagram, without waiting; -1 and `errno` where it isn't taken.
    static func send(_ bytes: [UInt8], from descriptor: Int32, to receiver: (sockaddr_un, socklen_t)) -> Int {
        withUnsafePointer(to: receiver.0) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), generic, receiver.1)
            }
        }
    }

    /// `reloading` with the time that systemd asks for: `CLOCK_MONOTONIC` in microseconds.
    @discardableResult public func sendReloading() -> Bool {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return send(.reloading(monotonicMicroseconds: UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000))
    }

    /// `WATCHDOG_USEC`, unless `WATCHDOG_PID` says that it is meant for another process (`sd_watchdog_enabled(3)`).
    private static func watchdogInterval(_ environment: [String: String], _ processID: Int32) -> Span? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0 else { return nil }
        if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
        return .milliseconds(max(1, microseconds / 1000))
    }

    /// The address of `unix(7)`: a path, or with a leading `@` a name in the abstract namespace, which begins with NUL
    /// and is not terminated.
    static func address(of name: String) -> (sockaddr_un, socklen_t)? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return (address, socklen_t(offset + bytes.count + (isAbstract ? 0 : 1)))
    }
}
