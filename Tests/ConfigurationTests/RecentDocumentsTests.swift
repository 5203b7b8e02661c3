import Synchronization
import Testing

@testable import Configuration

/// What a daemon reads again and again is parsed once, as the parser keeps the memory.
@Suite struct RecentDocumentsTests {
    /// Counts what is parsed.
    final class Counter: Sendable {
        let count = Atomic<Int>(0)

        var documents: RecentDocuments {
            RecentDocuments { [self] bytes, file throws(ConfigurationError) in
                count.wrappingAdd(1, ordering: .relaxed)
                return try ConfigurationDocument(bytes, file: file)
            }
        }

        var value: Int { count.load(ordering: .relaxed) }
    }

    @Test func theSameBytesAreParsedOnce() throws {
        let counter = Counter()
        let documents = counter.documents
        for _ in 0..<100 {
            #expect(try documents.document(Array("a = 1".utf8), file: "x").root["a"] == .integer(1))
            #expect(try documents.document(Array("a = 2".utf8), file: "x").root["a"] == .integer(2))
        }
        #expect(counter.value == 2)
    }

    @Test func aMistakeIsFoundOnceAndSaidEachTime() {
        let counter = Counter()
        let documents = counter.documents
        for file in ["x", "y"] {
            for _ in 0..<10 {
                do {
                    _ = try documents.document(Array("a = ".utf8), file: file)
                    Issue.record("read what is no TOML")
                } catch {
                    #expect(error.file == file)
                }
            }
        }
        #expect(counter.value == 2)
    }

    @Test func onlyTheLastOnesAreKept() throws {
        let counter = Counter()
        let documents = counter.documents
        for number in [1, 2, 3, 4, 1, 5, 1, 2] {
            #expect(try documents.document(Array("a = \(number)".utf8), file: "x").root["a"] == .integer(number))
        }
        // 5 pushed out 2, which was the oldest.
        #expect(counter.value == 6)
    }
}
