import Configuration
import Foundation
import Testing

@Suite struct RealFilesTests {
    @Test func readsFilesAndNothingElse() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "a").path
        try Data("text".utf8).write(to: URL(filePath: file))
        try #require(chmod(file, 0o640) == 0)
        let fifo = directory.appending(path: "fifo").path
        try #require(mkfifo(fifo, 0o600) == 0)

        let read = FileAccess.real.read
        #expect(read(file, 4) == .success(.init(bytes: Array("text".utf8), mode: 0o640)))
        #expect(read(file, 3) == .failure(.tooLarge(limit: 3)))
        #expect(read(fifo, 100) == .failure(.notAFile))
        #expect(read(directory.path, 100) == .failure(.notAFile))
        #expect(read(directory.appending(path: "b").path, 100) == .failure(.missing))
    }
}
