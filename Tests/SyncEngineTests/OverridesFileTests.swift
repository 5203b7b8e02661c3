import SyncState
import Testing

@testable import SyncEngine

@Suite struct OverridesFileTests {
    private static let lines = ["kind,clever_id,schoology_id", "section,67f4,101", "", "# ours", "student,67f5,7"]

    /// A spreadsheet on Windows saves CR LF; the whole file must not pass for its header line.
    @Test(arguments: ["\n", "\r\n", "\r"])
    func readsEveryLineWhateverItsEnd(end: String) throws {
        for text in [Self.lines.joined(separator: end), Self.lines.joined(separator: end) + end] {
            let file = try OverridesFile(csv: text)
            #expect(file.overrides == Overrides(sections: ["67f4": 101], students: ["67f5": 7]))
        }
    }

    @Test(arguments: ["\n", "\r\n"])
    func namesTheLineThatIsWrong(end: String) {
        let lines = Self.lines + ["teacher,1,2"]
        #expect(throws: OverridesError(line: 6, problem: "kind must be section or student")) {
            try OverridesFile(csv: lines.joined(separator: end))
        }
    }
}
