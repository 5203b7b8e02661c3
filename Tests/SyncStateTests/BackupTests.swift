import AttendanceCore
import Foundation
import GRDB
import Testing

@testable import SyncState

@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private let now = TemporaryState.now

    init() throws {
        folder = try TemporaryFolder()
    }

    private var backup: String { folder.file("backup.sqlite") }

    private func make(_ state: SyncState, district: String = "springfield") throws {
        _ = try StateBackup.make(of: state, district: district, at: backup, now: now)
    }

    private func restore(_ district: String = "springfield") throws(StateRestore.Failure) -> StateRestore.Report {
        try StateRestore(file: backup, directory: folder.path, district: district).run(now: now)
    }

    /// Without those that any reader of a WAL leaves beside it.
    private var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .filter { !$0.hasSuffix(".sqlite-wal") && !$0.hasSuffix(".sqlite-shm") }
        }
    }

    /// A state with something in it, closed again.
    private func fill(_ status: Status = .absent) throws {
        let state = try folder.open()
        try state.transaction { tx in
            try tx.store(school: "school", sisID: nil, generation: 1)
            let key = Key(
                section: try tx.internSection("section").id, student: try tx.internStudent("student").id,
                day: TemporaryState.day)
            var mark = StoredMark()
            mark.base = status
            try tx.save(mark, key)
            try tx.audit(key, side: .schoology, was: .present, now: status, cause: "clever", cycle: 1, at: now)
        }
        state.close()
    }

    private func base() throws -> [Status] { try folder.open(.readOnly).reading { try $0.bases().map(\.base) } }

    @Test func isOneFileOfItsOwnerWhileTheWriterGoesOn() throws {
        try fill()
        let writer = try folder.open()
        try writer.transaction { try $0.set(.watermark, 7) }
        let reader = try folder.open(.readOnly)
        try make(reader)
        try writer.transaction { try $0.set(.watermark, 8) }
        #expect(try names.filter { $0.hasPrefix("backup") } == ["backup.sqlite"])
        #expect(try folder.mode("backup.sqlite") == 0o600)
        let copy = try DatabaseQueue(path: backup)
        #expect(try copy.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
        let read = try copy.read { try Int64.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'watermark'") }
        #expect(read == 7)
    }

    @Test func neverTakesAnothersPlace() throws {
        try fill()
        try Data("mine".utf8).write(to: URL(filePath: backup))
        let state = try folder.open(.readOnly)
        #expect(throws: StateBackup.Failure.exists(path: backup)) { try make(state) }
        #expect(try String(contentsOfFile: backup, encoding: .utf8) == "mine")
    }

    @Test func comesBackAndKeepsWhatItReplaces() throws {
        try fill()
        try make(try folder.open(.readOnly))
        try fill(.late)
        let report = try restore()
        #expect(report.backupAt == now && report.isNamed && !report.replacedIsDamaged)
        #expect(try base() == [.absent])
        let replaced = try #require(report.replaced)
        #expect(replaced.hasSuffix("springfield.replaced-20241004T000000Z.sqlite"))
        let kept = try DatabaseQueue(path: replaced)
        #expect(try kept.read { try Int.fetchOne($0, sql: "SELECT base FROM mark") } == Status.late.rawValue)
        try kept.close()
        #expect(
            try names == [
                "backup.sqlite", "springfield.lock", "springfield.replaced-20241004T000000Z.sqlite",
                "springfield.sqlite",
            ])
        #expect(try folder.mode("springfield.sqlite") == 0o600)
    }

    /// What a killed process left in its WAL belongs to the state that is replaced, and to no other.
    @Test(arguments: [false, true]) func aLeftWALIsNotReadIntoTheBackup(isDamaged: Bool) throws {
        try fill()
        try make(try folder.open(.readOnly))
        do {
            let state = try folder.open()
            try state.transaction { try $0.set(.fingerprint, text: String(repeating: "x", count: 20_000)) }
            // As a kill leaves it: the files are there, nobody has them open.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: folder.file("springfield.sqlite\(suffix)"), toPath: folder.file("kept\(suffix)"))
            }
            state.close()
        }
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: folder.file("springfield.sqlite\(suffix)"))
            try FileManager.default.moveItem(
                atPath: folder.file("kept\(suffix)"), toPath: folder.file("springfield.sqlite\(suffix)"))
        }
        if isDamaged {
            let file = URL(filePath: folder.file("springfield.sqlite"))
            try Data(repeating: 0xA5, count: try Data(contentsOf: file).count).write(to: file)
        }
        let report = try restore()
        #expect(report.replacedIsDamaged == isDamaged)
        let state = try folder.open()
        try state.check()
        #expect(try state.reading { try $0.text(.fingerprint) } == nil)
        state.close()
        let replaced = try #require(report.replaced)
        #expect(FileManager.default.fileExists(atPath: replaced + "-wal") == isDamaged)
        guard !isDamaged else { return }
        let kept = try DatabaseQueue(path: replaced)
        let text = try kept.read {
            try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'fingerprint'")
        }
        #expect(text?.count == 20_000)
    }

    @Test func aLostStateComesBack() throws {
        try fill()
        try make(try folder.open(.readOnly))
        try FileManager.default.removeItem(atPath: folder.file("springfield.sqlite"))
        #expect(throws: StateError.self) { try folder.open() }
        #expect(try restore().replaced == nil)
        #expect(try base() == [.absent])
    }

    /// A new machine: there is not even the folder.
    @Test func comesBackWhereThereNeverWasAState() throws {
        try fill()
        try make(try folder.open(.readOnly))
        let directory = folder.file("new/machine")
        _ = try StateRestore(file: backup, directory: directory, district: "springfield").run(now: now)
        let state = try SyncState(directory: directory, district: "springfield", access: .exclusive)
        #expect(try state.reading { try $0.bases().count } == 1)
        state.close()
        // It is remembered like any other.
        try FileManager.default.removeItem(atPath: directory + "/springfield.sqlite")
        #expect(throws: StateError.self) {
            try SyncState(directory: directory, district: "springfield", access: .exclusive)
        }
    }

    // MARK: Refused, and everything as it was

    private func expectRefusal(
        _ wanted: StateRestore.Failure? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try Data(contentsOf: URL(filePath: folder.file("springfield.sqlite")))
        let names = try names
        do {
            _ = try restore()
            Issue.record("restored", sourceLocation: sourceLocation)
        } catch {
            if let wanted { #expect(error == wanted, sourceLocation: sourceLocation) }
        }
        #expect(
            try Data(contentsOf: URL(filePath: folder.file("springfield.sqlite"))) == before,
            sourceLocation: sourceLocation)
        #expect(try self.names == names, sourceLocation: sourceLocation)
    }

    @Test func isRefusedWhileTheDaemonRuns() throws {
        try fill()
        try make(try folder.open(.readOnly))
        let daemon = try folder.open()
        #expect(throws: StateRestore.Failure.state(.locked(path: folder.file("springfield.lock")))) { try restore() }
        #expect(try daemon.reading { try $0.bases().count } == 1)
    }

    @Test func isRefusedWhereThereIsNoFile() throws {
        try fill()
        try expectRefusal(.noFile(path: backup))
    }

    @Test func aBackupOfAnotherDistrictIsRefused() throws {
        try fill()
        let other = try SyncState(directory: folder.file("other"), district: "shelbyville", access: .exclusive)
        try make(other, district: "shelbyville")
        other.close()
        try expectRefusal(.otherDistrict(path: backup, name: "shelbyville"))
    }

    /// Copied by hand, it says nothing of a district: then its schools tell.
    @Test(arguments: [("school", true), ("academy", false)])
    func aPlainCopyIsKnownByItsSchools(school: String, isTaken: Bool) throws {
        try fill()
        do {
            let other = try SyncState(directory: folder.file("other"), district: "other", access: .exclusive)
            try other.transaction { try $0.store(school: school, sisID: nil, generation: 1) }
            other.close()
        }
        try FileManager.default.copyItem(atPath: folder.file("other/other.sqlite"), toPath: backup)
        guard isTaken else { return try expectRefusal(.otherDistrict(path: backup, name: nil)) }
        #expect(try restore().isNamed == false)
    }

    @Test func aDamagedBackupIsRefused() throws {
        try fill()
        try make(try folder.open(.readOnly))
        let handle = try FileHandle(forUpdating: URL(filePath: backup))
        let size = try handle.seekToEnd()
        try handle.truncate(atOffset: size / 2)
        try handle.close()
        try expectRefusal()
    }

    @Test(arguments: ["", "not a database, but a text of some length"]) func whatIsNoBackupIsRefused(text: String)
        throws
    {
        try fill()
        try Data(text.utf8).write(to: URL(filePath: backup))
        try expectRefusal()
    }

    @Test func anotherProgramsDatabaseIsRefused() throws {
        try fill()
        let database = try DatabaseQueue(path: backup)
        try database.write { try $0.execute(sql: "CREATE TABLE song(title TEXT)") }
        try database.close()
        try expectRefusal(.notAState(path: backup))
    }

    @Test func aBackupOfANewerVersionIsRefused() throws {
        try fill()
        try make(try folder.open(.readOnly))
        let database = try DatabaseQueue(path: backup)
        try database.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES ('99-from-the-future')")
        }
        try database.close()
        try expectRefusal(.state(.newerVersion(path: backup)))
    }

    // MARK: What is taken over

    @Test func anOperatorsPauseOutlivesARestore() throws {
        try fill()
        try make(try folder.open(.readOnly))
        do {
            let state = try folder.open()
            try state.transaction { tx in
                try tx.set(Pause(since: Timestamp(milliseconds: 0), until: nil, by: "anna", reason: nil))
            }
            state.close()
        }
        #expect(try restore().isPaused)
        #expect(try folder.open(.readOnly).reading { try $0.text(.pausedBy) } == "anna")
    }

    @Test func nothingOfTheBackupIsTakenForNews() throws {
        try fill()
        do {
            let state = try folder.open()
            try state.transaction { tx in
                let key = try #require(try tx.key(student: "student", section: "section", day: TemporaryState.day))
                try tx.enqueue(key, side: .schoology, status: .late, cause: "clever", cycle: 1, now: now)
                let item = try #require(try tx.outboxItem(key, side: .schoology))
                try tx.markSent(item, status: .late, enrollment: 77, cycle: 1)
                try tx.set(.watermark, 5)
                try tx.set(.fullScanWatermark, 5)
                try tx.storeRecord(
                    day: key.day, school: 1, student: key.student, section: key.section, status: .tardy, code: nil,
                    sisID: nil, modified: now)
                for record in try tx.openRecords(onlyDay: nil, limit: 9) { try tx.setState(of: record, .decided) }
            }
            try make(state)
            state.close()
        }
        _ = try restore()
        let state = try folder.open()
        try state.reading { tx in
            let (outbox, watermark, whole) = (
                try tx.outbox(deadOnly: false), try tx.number(.watermark), try tx.number(.fullScanWatermark)
            )
            #expect(outbox.isEmpty)
            let key = try #require(try tx.key(student: "student", section: "section", day: TemporaryState.day))
            #expect(try tx.sentMark(key) == nil)
            #expect(watermark == nil && whole == nil)
            // What it called for is decided anew.
            let open = try tx.openRecords(onlyDay: nil, limit: 9)
            #expect(open.count == 1)
            let restored = try tx.restoredBase()
            #expect(restored?.backupAt == now)
        }
    }
}
