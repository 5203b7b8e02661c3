import AttendanceCore
import Foundation
import Operations
import Testing

@Suite struct EventFormatterTests {
    static let time = Timestamp(milliseconds: 1_744_156_800_250)
    static let event = Event(
        .warning, .pushItemRetried, district: "springfield", cycle: 12,
        ["schoology_section_id": "77", "attempt": .int(2), "sent": .flag(false)])

    @Test func writesLogfmtOnATerminal() {
        let formatter = EventFormatter(format: .logfmt, isForJournal: false)
        #expect(
            formatter.line(for: Self.event, at: Self.time)
                == "ts=2025-04-09T00:00:00.250Z level=warning event=push.item_retried district=springfield cycle=12 "
                + "schoology_section_id=77 attempt=2 sent=false\n")
    }

    @Test func leavesTimeAndSeverityToTheJournal() {
        let formatter = EventFormatter(format: .logfmt, isForJournal: true)
        #expect(
            formatter.line(for: Event(.error, .authFailed, ["side": "clever"]), at: Self.time, repeated: 3)
                == "<3>level=error event=auth.failed side=clever repeated=3\n")
    }

    @Test func writesJSONWithTheSameKeys() throws {
        let formatter = EventFormatter(format: .json, isForJournal: false)
        #expect(
            formatter.line(for: Self.event, at: Self.time, repeated: 1)
                == #"{"ts":"2025-04-09T00:00:00.250Z","level":"warning","event":"push.item_retried","#
                + #""district":"springfield","cycle":12,"schoology_section_id":"77","attempt":2,"sent":false,"#
                + #""repeated":1}"# + "\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
        ("say \"x\"", #""say \"x\"""#),
        ("one\ntwo", #""one\ntwo""#), ("\r\t", #""\r\t""#), ("\u{1B}[31m", #""\u001b[31m""#), ("a\\b", #""a\\b""#),
        ("é", "é"), ("\u{85}", #""\u0085""#), ("\u{2028}", #""\u2028""#), ("\u{202E}x", #""\u202ex""#),
        ("a\u{A0}b", "\"a\u{A0}b\""), ("https://a.example/~b", "https://a.example/~b"),
    ])
    func quotesWhatCouldBeReadAsSomethingElse(text: String, written: String) {
        let formatter = EventFormatter(format: .logfmt, isForJournal: true)
        let line = formatter.line(for: Event(.info, .cycleFailed, ["reason": .text(text)]), at: Self.time)
        #expect(line == "<6>level=info event=cycle.failed reason=\(written)\n")
    }

    @Test func anyTextIsOneLineOfValidJSON() throws {
        let formatter = EventFormatter(format: .json, isForJournal: false)
        let text = String(String.UnicodeScalarView((0...0x2FFF).compactMap(Unicode.Scalar.init))) + "\u{E0001}😀"
        let line = formatter.line(for: Event(.info, .cycleFailed, ["reason": .text(text)]), at: Self.time)
        #expect(line.unicodeScalars.filter { $0 == "\n" }.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let read = try #require(object?["reason"] as? String)
        #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test func knowsTheJournalByItsStream() {
        let environment = ["JOURNAL_STREAM": "8:4711"]
        #expect(EventFormatter.isJournal(environment: environment, device: 8, inode: 4711))
        #expect(!EventFormatter.isJournal(environment: environment, device: 8, inode: 4712))
        #expect(!EventFormatter.isJournal(environment: [:], device: 8, inode: 4711))
    }
}
