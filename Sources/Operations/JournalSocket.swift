import AttendanceCore
import Glibc

/// Gives events to journald with their fields, over its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL):
/// `journalctl EVENT=conflict.detected DISTRICT=springfield` then finds them without reading any text.
public final class JournalSocket: Sendable {
    /// Where journald listens.
    public static let standardPath = "/run/systemd/journal/socket"

    private let descriptor: Int32
    private let path: String

    /// - Returns: nil where no socket can be made.
    public init?(path: String = JournalSocket.standardPath) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// - Parameter message: the event as one line, for whoever reads the journal as text.
    /// - Returns: false when nobody listens or the event is too long: then it is for standard error.
    func send(_ event: Event, message: String, repeated: Int) -> Bool {
        guard let address = SystemdNotifier.address(of: path) else { return false }
        let bytes = Self.datagram(event, message: message, repeated: repeated)
        var patience = 10
        while true {
            if SystemdNotifier.send(bytes, from: descriptor, to: address) == bytes.count { return true }
            guard errno == EINTR || (errno == EAGAIN && patience > 0) else {
                // Where the journal takes nothing any more, its stream wouldn't either, and would stop the sync.
                return errno == EAGAIN
            }
            if errno == EAGAIN {
                patience -= 1
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 10)
            }
        }
    }

    /// The event as journald takes it: `NAME=value` lines, or for a value with a line end the name, the length in 64 bits
    /// little-endian and the value.
    static func datagram(_ event: Event, message: String, repeated: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ name: String, _ value: String) {
            bytes += name.utf8
            if value.utf8.contains(UInt8(ascii: "\n")) {
                bytes.append(UInt8(ascii: "\n"))
                withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { bytes += $0 }
            } else {
                bytes.append(UInt8(ascii: "="))
            }
            bytes += value.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        add("MESSAGE", message)
        add("PRIORITY", String(event.level.rawValue))
        add("SYSLOG_IDENTIFIER", "attendance-sync")
        add("EVENT", event.name.rawValue)
        if let district = event.district { add("DISTRICT", district) }
        if let cycle = event.cycle { add("CYCLE", String(cycle)) }
        for field in event.fields { add(fieldName(field.key), "\(field.value)") }
        if repeated > 0 { add("REPEATED", String(repeated)) }
        return bytes
    }

    /// Names that are journald's (systemd.journal-fields(7)) or stand for something else here already.
    private static let taken: Set<String> = [
        "MESSAGE", "MESSAGE_ID", "PRIORITY", "ERRNO", "TID", "UNIT", "USER_UNIT", "INVOCATION_ID", "DOCUMENTATION",
        "EVENT", "DISTRICT", "CYCLE", "REPEATED",
    ]

    /// A key of the log as journald wants names: `clever_student_id` is `CLEVER_STUDENT_ID`, and `message`, which an event
    /// has for what a side answered, is `EVENT_MESSAGE`.
    static func fieldName(_ key: String) -> String {
        let name = key.uppercased()
        return taken.contains(name) ? "EVENT_\(name)" : name
    }
}
