import AttendanceCore
import Glibc
import Synchronization

/// The log: one line an event on a file descriptor, in one `write(2)` each, so that lines never mix. Under systemd journald
/// gets the fields themselves.
public final class EventLog: EventSink {
    private struct State {
        var formatter: EventFormatter
        var level: Event.Level
        var collapser = EventCollapser()
    }

    private let state: Mutex<State>
    private let descriptor: Int32
    private let journal: JournalSocket?
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - level: less severe events are dropped.
    ///   - journal: where events go instead, as long as journald takes them.
    ///   - now: the clock, for `ts` and for the minute after which held-back repeats are written.
    public init(
        formatter: EventFormatter, level: Event.Level, descriptor: Int32 = 2, journal: JournalSocket? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) {
        state = Mutex(State(formatter: formatter, level: level))
        self.descriptor = descriptor
        self.journal = journal
        self.now = now
    }

    /// True when the descriptor is the journal's stream, by its device and inode.
    public static func isJournal(environment: [String: String], descriptor: Int32 = 2) -> Bool {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return false }
        return EventFormatter.isJournal(
            environment: environment, device: UInt64(information.st_dev), inode: UInt64(information.st_ino))
    }

    public func record(_ event: Event) {
        let time = now()
        state.withLock { state in
            guard event.level >= state.level else { return }
            write(state.collapser.add(event, at: time), state.formatter)
        }
    }

    /// Writes the repeats that have waited for a minute; to be called now and then, so that a quiet log is no later
    /// than that.
    public func writeDueRepeats() {
        let time = now()
        state.withLock { state in write(state.collapser.due(at: time), state.formatter) }
    }

    /// Writes the repeats that were held back, at the end of the program.
    public func flush() {
        state.withLock { state in write(state.collapser.flush(), state.formatter) }
    }

    /// Takes over the settings of a configuration that was read again.
    public func configure(format: LogFormat, level: Event.Level) {
        state.withLock { state in
            state.formatter.format = format
            state.level = level
        }
    }

    private func write(_ lines: [EventCollapser.Line], _ formatter: EventFormatter) {
        for line in lines {
            let text = formatter.text(of: line.event, at: line.time, repeated: line.repeated)
            if let journal, journal.send(line.event, message: text, repeated: line.repeated) { continue }
            Self.write(Array(formatter.line(of: line.event, text).utf8), to: descriptor)
        }
    }

    /// A log that can't be written never stops the sync: a reader that is gone (`EPIPE`, with `SIGPIPE` ignored) or
    /// full (`EAGAIN`) loses the line. What a full pipe took of a line is completed as soon as it takes more, within
    /// 100 ms.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        var patience = 10
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN, patience > 0 {
                patience -= 1
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 10)
            } else if errno != EINTR {
                return
            }
        }
    }
}
