import Foundation
import Testing

@Suite struct MergeTableTests {
    private static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/MERGE.md")

    @Test func theDocumentedTableIsWhatTheCodeDoes() throws {
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            try FileManager.default.createDirectory(
                at: Self.file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(MergeTable.markdown.utf8).write(to: Self.file)
        }
        let committed = try String(decoding: Data(contentsOf: Self.file), as: UTF8.self)
        #expect(
            committed == MergeTable.markdown,
            "docs/MERGE.md is out of date: UPDATE_DOCS=1 swift test --filter MergeTableTests")
    }
}
