import Foundation
import Testing

/// The inputs that fuzzing kept, by the same functions and without a fuzzer: docs/FUZZING.md.
@Suite struct CorpusTests {
    private static let corpora = URL(filePath: #filePath).appending(path: "../../../Corpora").standardized

    @Test(arguments: FuzzTarget.all.map(\.name))
    func everyKeptInputStillHolds(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.corpora.appending(path: name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let input = try [UInt8](Data(contentsOf: file))
            #expect(throws: Never.self, "\(name)/\(file.lastPathComponent)") { try target.run(input) }
        }
    }

    @Test func everyCorpusHasItsTarget() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
