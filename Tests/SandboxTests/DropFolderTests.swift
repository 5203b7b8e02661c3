import Foundation
import Testing

@testable import Sandbox

@Suite struct DropFolderTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("drop-\(UUID().uuidString)")

    /// A sandbox with an empty drop folder that goes away with `body`.
    private func withTown(
        everyMilliseconds: Int64 = 0, _ body: (IngestionBench) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path
        try await body(
            try await IngestionBench {
                $0.dropFolder = path
                $0.ingestEveryMilliseconds = everyMilliseconds
            })
    }

    /// Under another name first, then renamed, as the daemon does.
    private func drop(_ csv: String, as name: String = "attendance.csv") throws {
        let part = folder.appendingPathComponent(".part")
        try Data(csv.utf8).write(to: part)
        #expect(rename(part.path, folder.appendingPathComponent(name).path) == 0)
    }

    @Test func takesTheFileAndLeavesItThere() async throws {
        try await withTown { town in
            #expect(town.sandbox.ingestDropFolder().outcome == .noFile)
            try drop(town.file(town.row()))
            #expect(town.sandbox.ingestDropFolder().changed == 1)
            #expect(try town.record().status == "absent")
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("attendance.csv").path))
        }
    }

    @Test func takesAFileOnce() async throws {
        try await withTown { town in
            try drop(town.file(town.row()))
            town.sandbox.ingestDropFolder()
            let synced = town.sandbox.lastAttendanceSync
            #expect(town.sandbox.ingestDropFolder().outcome == .sameFile)
            #expect(town.sandbox.lastAttendanceSync == synced)
            try drop(town.file(town.row(status: "tardy")))
            #expect(town.sandbox.ingestDropFolder().changed == 1)
        }
    }

    /// The office may have changed the record meanwhile: what was uploaded again is meant again.
    @Test func takesTheSameBytesUploadedAgain() async throws {
        try await withTown { town in
            let file = folder.appendingPathComponent("attendance.csv")
            try drop(town.file(town.row()))
            town.sandbox.ingestDropFolder()
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: file.path)
            #expect(town.sandbox.ingestDropFolder().unchanged == 1)
        }
    }

    /// A clock that stands still must not hide a new file of the same length.
    @Test func takesOtherBytesOfTheSameAgeAndSize() async throws {
        try await withTown { town in
            let file = folder.appendingPathComponent("attendance.csv")
            let age: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)]
            try drop(town.file(town.row(code: "A")))
            try FileManager.default.setAttributes(age, ofItemAtPath: file.path)
            town.sandbox.ingestDropFolder()
            try drop(town.file(town.row(code: "B")))
            try FileManager.default.setAttributes(age, ofItemAtPath: file.path)
            #expect(town.sandbox.ingestDropFolder().changed == 1)
            #expect(town.sandbox.ingestDropFolder().outcome == .sameFile)
        }
    }

    @Test(arguments: ["Attendance.csv", "attendance.CSV", "attendance.csv.part", ".attendance.csv", "students.csv"])
    func looksAtNoOtherName(name: String) async throws {
        try await withTown { town in
            try drop(town.file(town.row()), as: name)
            #expect(town.sandbox.ingestDropFolder().outcome == .noFile)
        }
    }

    @Test func takesNeitherAFolderNorALinkForTheFile() async throws {
        try await withTown { town in
            let file = folder.appendingPathComponent("attendance.csv")
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            #expect(town.sandbox.ingestDropFolder().outcome == .noFile)
            try FileManager.default.removeItem(at: file)
            try drop(town.file(town.row()), as: "elsewhere.csv")
            try FileManager.default.createSymbolicLink(
                at: file, withDestinationURL: folder.appendingPathComponent("elsewhere.csv"))
            #expect(town.sandbox.ingestDropFolder().outcome == .noFile)
        }
    }

    @Test func takesTheFileOnceThePauseIsOver() async throws {
        try await withTown { town in
            town.sandbox.setDistrictState("paused")
            try drop(town.file(town.row()))
            #expect(town.sandbox.ingestDropFolder().outcome == .paused)
            #expect(town.sandbox.ingestDropFolder().outcome == .paused)
            town.sandbox.setDistrictState("running")
            #expect(town.sandbox.ingestDropFolder().changed == 1)
        }
    }

    @Test func refusesABrokenFileOnce() async throws {
        try await withTown { town in
            try drop(town.row())
            guard case .refused = town.sandbox.ingestDropFolder().outcome else {
                Issue.record("taken")
                return
            }
            #expect(town.sandbox.ingestDropFolder().outcome == .sameFile)
            #expect(town.sandbox.ingestions.count == 1)
        }
    }

    @Test func looksIntoTheFolderByItself() async throws {
        try await withTown(everyMilliseconds: 2) { town in
            try drop(town.file(town.row()))
            let first = try await town.sandbox.ingestion()
            #expect(first.number == 1 && first.changed == 1)
            try drop(town.file(town.row(status: "tardy")))
            let second = try await town.sandbox.ingestion(after: 1)
            #expect(second.number == 2)
            #expect(try town.record().status == "tardy")
        }
    }

    @Test func hasNoFileWithoutAFolder() async throws {
        #expect(try await Bench(students: 4).sandbox.ingestDropFolder().outcome == .noFile)
    }
}
