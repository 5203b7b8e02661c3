import AttendanceCore
import Foundation
import Operations
import Synchronization
import Testing

@Suite struct EventLogTests {
    /// A clock that the test turns.
    final class Clock: Sendable {
        private let milliseconds = Mutex<Int64>(0)
        func advance(_ span: Span) { milliseconds.withLock { $0 += span.milliseconds } }
        func now() -> Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    }

    /// A log into a pipe, and what came out of it.
    struct Piped {
        let clock = Clock()
        let pipe = Pipe()
        let log: EventLog

        init(level: Event.Level = .info) {
            // A process that another test starts meanwhile must not hold the end that is waited for.
            for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
                _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
            let clock = clock
            log = EventLog(
                formatter: EventFormatter(format: .logfmt, isForJournal: true), level: level,
                descriptor: pipe.fileHandleForWriting.fileDescriptor, now: { clock.now() })
        }

        func lines() throws -> [String] {
            try pipe.fileHandleForWriting.close()
            let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").map(String.init)
        }
    }

    static func unchanged(_ cycle: Int64) -> Event { Event(.info, .cleverUnchanged, district: "a", cycle: cycle) }

    @Test func dropsWhatIsLessSevereThanTheLevel() throws {
        let piped = Piped(level: .warning)
        piped.log.record(Event(.notice, .serviceStarted))
        piped.log.record(Event(.warning, .matchMissing))
        piped.log.configure(format: .json, level: .debug)
        piped.log.record(Event(.debug, .rateWaiting))
        #expect(
            try piped.lines() == [
                "<4>level=warning event=match.missing", #"<7>{"level":"debug","event":"rate.waiting"}"#,
            ])
    }

    @Test func countsRepeatsUntilSomethingElseHappens() throws {
        let piped = Piped()
        for cycle in 1...4 as ClosedRange<Int64> { piped.log.record(Self.unchanged(cycle)) }
        piped.log.record(Event(.info, .cycleStarted, district: "a", cycle: 5))
        piped.log.record(Self.unchanged(5))
        #expect(
            try piped.lines() == [
                "<6>level=info event=clever.unchanged district=a cycle=1",
                "<6>level=info event=clever.unchanged district=a cycle=4 repeated=3",
                "<6>level=info event=cycle.started district=a cycle=5",
                "<6>level=info event=clever.unchanged district=a cycle=5",
            ])
    }

    @Test func writesRepeatsAfterAMinute() throws {
        let piped = Piped()
        piped.log.record(Self.unchanged(1))
        piped.log.record(Self.unchanged(2))
        piped.clock.advance(.seconds(59))
        piped.log.record(Self.unchanged(3))
        piped.clock.advance(.seconds(1))
        piped.log.record(Self.unchanged(4))
        piped.log.record(Self.unchanged(5))
        piped.clock.advance(.seconds(59))
        piped.log.writeDueRepeats()
        piped.clock.advance(.seconds(1))
        piped.log.writeDueRepeats()
        piped.log.flush()
        #expect(
            try piped.lines().map { $0.split(separator: "a cycle=").last } == ["1", "4 repeated=3", "5 repeated=1"])
    }

    @Test func writesRepeatsAtTheEnd() throws {
        let piped = Piped()
        piped.log.record(Self.unchanged(1))
        piped.log.record(Self.unchanged(2))
        piped.log.flush()
        piped.log.flush()
        #expect(try piped.lines().count == 2)
    }

    @Test func countsAFaultThatLastsThoughOtherLinesStandBetween() throws {
        let piped = Piped()
        func failure(_ cycle: Int64, _ district: String = "a") -> Event {
            Event(.error, .cycleFailed, district: district, cycle: cycle, ["reason": "full"])
        }
        func cycle(_ number: Int64) {
            piped.log.record(failure(number))
            piped.log.record(failure(number, "b"))
            piped.log.record(
                Event(.info, .cycleFinished, district: "a", cycle: number, ["duration_ms": .int(Int(number))]))
            piped.clock.advance(.seconds(25))
        }
        for number in 1...4 as ClosedRange<Int64> { cycle(number) }
        #expect(
            try piped.lines().map { String($0.dropFirst(3)) } == [
                "level=error event=cycle.failed district=a cycle=1 reason=full",
                "level=error event=cycle.failed district=b cycle=1 reason=full",
                "level=info event=cycle.finished district=a cycle=1 duration_ms=1",
                "level=info event=cycle.finished district=a cycle=2 duration_ms=2",
                "level=info event=cycle.finished district=a cycle=3 duration_ms=3",
                "level=info event=cycle.finished district=a cycle=4 duration_ms=4",
            ])
    }

    @Test func saysAFaultAgainThatComesBackLater() throws {
        let piped = Piped()
        for pause in [59, 60, 0] as [Int64] {
            piped.log.record(Event(.error, .cycleFailed, ["reason": "full"]))
            piped.log.record(Event(.info, .cycleFinished, ["duration_ms": .int(Int(pause))]))
            piped.clock.advance(.seconds(pause))
        }
        piped.log.flush()
        #expect(
            try piped.lines().filter { $0.contains("cycle.failed") }.map { String($0.dropFirst(3)) } == [
                "level=error event=cycle.failed reason=full",
                "level=error event=cycle.failed reason=full repeated=1",
                "level=error event=cycle.failed reason=full",
            ])
    }

    @Test func doesNotCollapseWhatDiffersInAField() throws {
        let piped = Piped()
        for id in ["1", "2"] { piped.log.record(Event(.info, .matchMissing, ["clever_id": .text(id)])) }
        #expect(try piped.lines().count == 2)
    }

    @Test func neverMixesLinesOfSeveralThreads() async throws {
        let piped = Piped()
        let log = piped.log
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<50 { log.record(Event(.info, .pushSent, ["items": .int(task * 1000 + number)])) }
                }
            }
        }
        let lines = try piped.lines()
        #expect(lines.count == 200)
        #expect(lines.allSatisfy { $0.hasPrefix("<6>level=info event=push.sent items=") })
    }

    @Test func goesOnWhenNobodyReads() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let log = EventLog(
            formatter: EventFormatter(format: .json, isForJournal: false), level: .debug, descriptor: descriptor,
            now: { Timestamp(milliseconds: 0) })
        // Full, then gone.
        try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        let filling = [UInt8](repeating: 46, count: 4096)
        while write(descriptor, filling, filling.count) > 0 {}
        log.record(Event(.info, .serviceStarted))
        try pipe.fileHandleForReading.close()
        log.record(Event(.info, .serviceStopped))
    }
}
