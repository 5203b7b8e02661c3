import Foundation
import GRDB
import Sandbox
import Testing

/// `backup`, `restore` and `purge`, as an operator types them.
@Suite struct BackupCommandTests {
    private func backup(_ place: Installation) -> String { place.folder.appendingPathComponent("backup.sqlite").path }

    @Test func aBackupIsMadeBesideTheDaemonAndRefusesToOverwrite() async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        let file = backup(place)
        let made = try await place.run("backup", file)
        #expect(made.status == 0, "\(made.log)")
        #expect(made.output.contains("town: backed up to \(file)"))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(names.filter { $0.hasPrefix("backup") } == ["backup.sqlite"])
        let again = try await place.run("backup", file)
        #expect(again.status == 64)
        #expect(again.log.contains("exists, and is not overwritten"))
        // The daemon holds the state.
        let restore = try await place.run("restore", file)
        #expect(restore.status == 75)
        #expect(restore.log.contains("systemctl stop attendance-sync"))
        #expect(daemon.isRunning)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
    }

    /// Both sides have moved on since; what had been brought across is known again, and what had not been is brought.
    @Test func anOlderBackupConvergesWithTheNextCycle() async throws {
        let place = try await Installation.make()
        let pairs = place.pairs
        try place.mark(pairs[0], "absent")
        #expect(try await place.run("once").status == 0)
        let file = backup(place)
        #expect(try await place.run("backup", file, "--json").status == 0)
        try place.mark(pairs[0], "tardy")
        try place.mark(pairs[3], "absent", code: "E")
        #expect(try await place.run("once").status == 0)
        try place.mark(pairs[6], "absent")
        let restored = try await place.run("restore", file, "--json")
        #expect(restored.status == 0, "\(restored.log)")
        let document = try JSONSerialization.jsonObject(with: Data(restored.output.utf8)) as? [String: Any]
        let replaced = try #require(document?["replaced"] as? String)
        #expect(FileManager.default.fileExists(atPath: replaced))
        place.sandbox.clearRequests()
        let once = try await place.run("once")
        #expect(once.status == 0)
        #expect(once.output.contains("written to Schoology  1 mark"))
        #expect(place.differences == [])
        #expect(try await place.run("conflicts").output == "No open conflicts.\n")
        let verified = try await place.run("history", "--verify")
        #expect(verified.status == 0)
        #expect(verified.output.contains("the state was restored"))
        place.sandbox.clearRequests()
        #expect(try await place.run("once").status == 0)
        #expect(place.sandbox.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func aDamagedStateIsReplaced() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let file = backup(place)
        #expect(try await place.run("backup", file).status == 0)
        try Data(repeating: 0x5A, count: 50_000).write(to: place.stateFile)
        let refused = try await place.run("once")
        #expect(refused.status == 78)
        #expect(refused.log.contains("attendance-sync restore FILE"))
        let restored = try await place.run("restore", file)
        #expect(restored.status == 0, "\(restored.log)")
        #expect(restored.output.contains("damaged as it was"))
        try place.mark(place.pairs[0], "tardy")
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    @Test func aWrongFileIsRefusedWithItsReason() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        let before = try Data(contentsOf: place.stateFile)
        let junk = place.folder.appendingPathComponent("junk")
        try Data("no database".utf8).write(to: junk)
        for (file, status, words) in [
            ("/nowhere/at/all", 64, "there is no file"), (junk.path, 78, "is damaged"),
            (place.folder.path, 78, "nothing was restored"),
        ] {
            let ended = try await place.run("restore", file)
            #expect(ended.status == Int32(status), "\(ended.log)")
            #expect(ended.log.contains(words), "\(ended.log)")
        }
        #expect(try Data(contentsOf: place.stateFile) == before)
        #expect(try await place.run("backup", "/nowhere/at/all").status == 78)
    }

    @Test func ofSeveralDistrictsOneHasToBeNamed() async throws {
        let place = try await Installation.make()
        try place.configure(.init(more: place.district("village")))
        #expect(try await place.run("once", "--district", "town").status == 0)
        let file = backup(place)
        for command in ["backup", "restore"] {
            let ended = try await place.run(command, file)
            #expect(ended.status == 64)
            #expect(ended.log.contains("--district NAME"))
        }
        #expect(try await place.run("backup", file, "--district", "town").status == 0)
        let other = try await place.run("restore", file, "--district", "village")
        #expect(other.status == 64)
        #expect(other.log.contains("is a backup of the district town, not of village"))
        #expect(try await place.run("restore", file, "--district", "town").status == 0)
    }

    // MARK: Purge

    /// Rows of a year ago beside those of today.
    private func age(_ place: Installation) throws {
        let database = try DatabaseQueue(path: place.stateFile.path)
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO mark(section, student, day, base, schoology)
                    SELECT section, student, day - 365, base, schoology FROM mark;
                    INSERT INTO clever_record(day, school, student, section, status, code, modified, state)
                    SELECT day - 365, school, student, section, status, code, modified, 0 FROM clever_record;
                    """)
        }
        try database.close()
    }

    private func marks(_ place: Installation) throws -> Int {
        let database = try DatabaseQueue(path: place.stateFile.path)
        defer { try? database.close() }
        return try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM mark") ?? 0 }
    }

    @Test func purgeIsDryUntilItIsToldTo() async throws {
        let place = try await Installation.make(students: 120)
        #expect(try await place.run("once").status == 0)
        let count = try marks(place)
        try #require(count > 0)
        try age(place)
        let dry = try await place.run("purge")
        #expect(dry.status == 0)
        #expect(dry.output.contains("would delete what is older than"))
        #expect(dry.output.contains("marks           \(count)\n"))
        #expect(try marks(place) == 2 * count)
        let wet = try await place.run("purge", "--yes", "--json")
        let document = try JSONSerialization.jsonObject(with: Data(wet.output.utf8)) as? [String: Any]
        let district = try #require((document?["districts"] as? [[String: Any]])?.first)
        #expect((district["counts"] as? [String: Int])?["marks"] == count)
        #expect(try marks(place) == count)
        #expect(try await place.run("purge").output.contains("marks           0\n"))
        place.sandbox.clearRequests()
        #expect(try await place.run("once").status == 0)
        #expect(place.sandbox.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func theDaemonPurgesOnceADay() async throws {
        let place = try await Installation.make(students: 120)
        #expect(try await place.run("once").status == 0)
        let count = try marks(place)
        try age(place)
        let daemon = try place.start("run")
        try await daemon.logs("state.purged")
        let line = try #require(LogLine.all(daemon.log).first { $0.event == "state.purged" })
        #expect(line.fields["marks"] == "\(count)" && line.fields["district"] == "town")
        #expect(try marks(place) == count)
        // Not with every cycle.
        try await eventually("further cycles") {
            LogLine.all(daemon.log).filter { $0.event == "cycle.finished" }.count >= 3
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(LogLine.all(daemon.log).filter { $0.event == "state.purged" }.count == 1)
    }

    @Test func aRetentionShorterThanWhatIsReadIsRaised() async throws {
        let place = try await Installation.make(students: 120, options: .init(service: "retention = \"1s\""))
        #expect(try await place.run("once").status == 0)
        let count = try marks(place)
        let check = try await place.run("check-config")
        #expect(check.output.contains("1s is shorter than the lookback of town (2d) and a week; 9d counts there"))
        let purged = try await place.run("purge", "--yes")
        #expect(purged.output.contains("9d counts"))
        #expect(try marks(place) == count)
    }
}
