import AttendanceCore
import Foundation
import Testing

/// `docs/LOGS.md` documents every event: a heading with its name, its level, its fields, and what to do.
@Suite struct LogReferenceTests {
    static let document: [Substring: [Substring]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/LOGS.md")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        var sections: [Substring: [Substring]] = [:]
        var heading: Substring = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("### `") {
                heading = line.dropFirst(5).prefix { $0 != "`" }
                sections[heading] = []
            } else if line.hasPrefix("#") {
                heading = ""
            } else {
                sections[heading, default: []].append(line)
            }
        }
        sections[""] = nil
        return sections
    }()

    @Test(arguments: Event.Name.allCases)
    func documents(_ name: Event.Name) throws {
        let lines = try #require(Self.document[Substring(name.rawValue)])
        let levels = Event.Level.allCases.map(\.name)
        #expect(lines.contains { line in levels.contains { line.hasPrefix("*\($0)") } && line.contains("Fields:") })
        #expect(lines.contains { $0.hasPrefix("**What to do:**") })
    }

    @Test func documentsNothingThatDoesNotExist() {
        let names = Set(Event.Name.allCases.map(\.rawValue))
        #expect(Self.document.keys.allSatisfy { names.contains(String($0)) })
    }
}
