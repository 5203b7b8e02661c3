import SeededRandom
import Foundation
import GRDB
import Sandbox
import Testing

/// The state's file is not what it was: nothing is believed of it, and nothing of it is thrown away.
@Suite struct DamagedStateTests {
    enum Damage: String, CaseIterable {
        case header, firstPage, middlePage, lastPageGone, halfGone, emptied, lost

        func put(on file: URL) throws {
            guard self != .lost else { return try FileManager.default.removeItem(at: file) }
            let handle = try FileHandle(forUpdating: file)
            defer { try? handle.close() }
            let size = try handle.seekToEnd()
            let page: UInt64 = 4096
            switch self {
            case .header: try DamagedStateTests.overwrite(handle, at: 0, count: 100)
            case .firstPage: try DamagedStateTests.overwrite(handle, at: 100, count: 3996)
            case .middlePage: try DamagedStateTests.overwrite(handle, at: size / page / 2 * page, count: 4096)
            case .lastPageGone: try handle.truncate(atOffset: size - page)
            case .halfGone: try handle.truncate(atOffset: size / 2 + 77)
            case .emptied: try handle.truncate(atOffset: 0)
            case .lost: break
            }
        }
    }

    @Test(arguments: Damage.allCases) func isRefusedAndLeftAlone(damage: Damage) async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let backup = try Data(contentsOf: place.stateFile)
        try damage.put(on: place.stateFile)
        let damaged = FileManager.default.contents(atPath: place.stateFile.path)
        place.sandbox.clearRequests()
        // A reader doesn't look at every page.
        for command in damage == .middlePage ? ["once", "run"] : ["once", "run", "status"] {
            let ended = try await place.run(command)
            #expect(ended.status == 78, "\(command): \(ended.log)")
            for word in ["town.sqlite is damaged", "put the last backup in its place (`attendance-sync restore"] {
                #expect((ended.log + ended.output).contains(word), "\(command)")
            }
            #expect(FileManager.default.contents(atPath: place.stateFile.path) == damaged, "\(command)")
        }
        #expect(place.sandbox.requests.isEmpty)
        // As the message says.
        for name in ["town.sqlite", "town.sqlite-wal", "town.sqlite-shm"] {
            try? FileManager.default.removeItem(at: place.stateFolder.appendingPathComponent(name))
        }
        try backup.write(to: place.stateFile)
        try place.mark(place.pairs[0], "tardy")
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    /// SQLite takes of a WAL what its checksums vouch for, up to the first frame that is wrong, and nothing after it.
    /// So it is an earlier state, whole; what is missing is found again by comparing both sides.
    @Test(arguments: [0.0, 0.5]) func garbageInTheWALIsAnEarlierState(from part: Double) async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try place.mark(place.pairs[0], "absent")
        try await eventually("the mark arrives") { try place.shown(place.pairs[0]) == 2 }
        daemon.signal(SIGKILL)
        _ = try await daemon.end()
        let wal = place.stateFolder.appendingPathComponent("town.sqlite-wal")
        let handle = try FileHandle(forUpdating: wal)
        let size = try handle.seekToEnd()
        try #require(size > 8192)
        try Self.overwrite(handle, at: UInt64(Double(size) * part), count: 4096)
        try handle.close()
        try place.mark(place.pairs[3], "tardy")
        let after = try await place.run("once")
        #expect(after.status == 0, "\(after.log)")
        #expect(place.differences == [])
        #expect(try await place.run("once").status == 0)
    }

    @Test func damageThatIsMetInTheMiddleOfRunEndsTheWritingAloud() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let backup = try Data(contentsOf: place.stateFile)
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        let other = try DatabaseQueue(path: place.stateFile.path)
        let roots = try await other.read {
            try Int.fetchAll($0, sql: "SELECT rootpage FROM sqlite_master WHERE rootpage > 1")
        }
        let handle = try FileHandle(forUpdating: place.stateFile)
        for root in roots { try Self.overwrite(handle, at: UInt64(root - 1) * 4096, count: 4096) }
        try handle.close()
        // The daemon has pages in memory; a commit of somebody else makes it read them again.
        try await other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 7") }
        try other.close()
        let before = place.sandbox.schoologyMarks()
        let pair = place.pairs[0]
        try place.mark(pair, "tardy")
        try await eventually("it says so") {
            LogLine.all(daemon.log).contains {
                $0.event == "cycle.failed" && $0.fields["level"] == "error"
                    && $0.fields["reason"]?.contains("is damaged") == true
                    && $0.fields["repair"]?.contains("backup") == true
            }
        }
        let requests = place.sandbox.requests.count
        try await Task.sleep(for: .milliseconds(2500))
        #expect(daemon.isRunning)
        #expect(place.sandbox.requests.count == requests)
        let changed = Set(place.sandbox.schoologyMarks()).symmetricDifference(before)
        #expect(changed.allSatisfy { $0.enrollment == pair.enrollment && $0.date == place.today })
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(try await place.run("once").status == 78)

        for name in ["town.sqlite-wal", "town.sqlite-shm"] {
            try? FileManager.default.removeItem(at: place.stateFolder.appendingPathComponent(name))
        }
        try backup.write(to: place.stateFile)
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    private static func overwrite(_ handle: FileHandle, at offset: UInt64, count: Int) throws {
        var random = SeededGenerator(seed: offset)
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }))
    }
}
