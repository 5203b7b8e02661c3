import AttendanceCore
import Foundation
import Testing

@testable import Operations

/// What journald is given, on a socket of our own.
@Suite struct JournalSocketTests {
    private static func event(_ fields: KeyValuePairs<String, Event.Value>) -> Event {
        Event(.warning, .pushItemRejected, district: "town", cycle: 7, fields)
    }

    @Test func anEventArrivesWithItsFields() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)").path
        let receiver = try SystemdNotifierTests.Receiver(name: path)
        let log = EventLog(
            formatter: EventFormatter(format: .logfmt, isForJournal: true), level: .info, descriptor: -1,
            journal: JournalSocket(path: path), now: { Timestamp(milliseconds: 0) })
        log.record(Self.event(["clever_student_id": "abc", "message": "no such enrollment", "code": .int(404)]))
        #expect(
            receiver.next() == """
                MESSAGE=level=warning event=push.item_rejected district=town cycle=7 clever_student_id=abc message="no such \
                enrollment" code=404
                PRIORITY=4
                SYSLOG_IDENTIFIER=attendance-sync
                EVENT=push.item_rejected
                DISTRICT=town
                CYCLE=7
                CLEVER_STUDENT_ID=abc
                EVENT_MESSAGE=no such enrollment
                CODE=404

                """)
    }

    /// A line end in a value must not begin another field.
    @Test func aValueWithALineEndKeepsItsLength() {
        let bytes = JournalSocket.datagram(Self.event(["reason": "one\nPRIORITY=0"]), message: "m", repeated: 2)
        let field = Array("REASON\n".utf8) + [14, 0, 0, 0, 0, 0, 0, 0] + Array("one\nPRIORITY=0\nREPEATED=2\n".utf8)
        #expect(Array(bytes.suffix(field.count)) == field)
    }

    @Test func withoutAJournalTheLineGoesToStandardError() throws {
        let pipe = Pipe()
        let log = EventLog(
            formatter: EventFormatter(format: .logfmt, isForJournal: true), level: .info,
            descriptor: pipe.fileHandleForWriting.fileDescriptor, journal: JournalSocket(path: "/nowhere/socket"),
            now: { Timestamp(milliseconds: 0) })
        log.record(Event(.notice, .serviceStarted))
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text == "<5>level=notice event=service.started\n")
    }

    /// `journalctl` finds fields by these names, so that they may only be what systemd.journal-fields(7) allows.
    @Test func everyFieldHasANameThatJournaldTakes() {
        for key in ["clever_school_id", "message", "event", "priority", "retry_after_ms"] {
            let name = JournalSocket.fieldName(key)
            #expect(name.wholeMatch(of: /[A-Z][A-Z0-9_]{0,63}/) != nil)
            #expect(!["MESSAGE", "EVENT", "PRIORITY"].contains(name))
        }
    }
}
