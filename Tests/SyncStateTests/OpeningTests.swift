import AttendanceCore
import Foundation
import Testing

@testable import SyncState

@Suite struct OpeningTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    // MARK: One writer

    @Test func aSecondWriterIsRefusedUntilTheFirstIsGone() throws {
        var first: SyncState? = try folder.open()
        #expect(throws: StateError.locked(path: folder.file("springfield.lock"))) { try folder.open() }
        _ = try first?.reading { try $0.schools(only: []) }
        first = nil
        _ = try folder.open()
    }

    /// Both ways: the kernel's list, and where that names files otherwise, as in containers, the processes' descriptors.
    @Test func theHolderOfTheLockIsKnown() throws {
        func holders() -> [pid_t?] {
            var information = stat()
            guard stat(folder.file("springfield.lock"), &information) == 0 else { return [] }
            return [
                SyncState.holder(directory: folder.path, district: "springfield"),
                StateLock.holderByDescriptors(information),
            ]
        }
        var state: SyncState? = try folder.open()
        _ = try state?.reading { try $0.schools(only: []) }
        #expect(holders() == [getpid(), getpid()])
        state = nil
        // Another test's process may still have inherited it for a moment, see the engine's tests.
        let deadline = ContinuousClock.now + .seconds(5)
        while holders() != [nil, nil], ContinuousClock.now < deadline { usleep(1000) }
        #expect(holders() == [nil, nil])
    }

    @Test func districtsDoNotLockEachOther() throws {
        let first = try folder.open()
        _ = try SyncState(directory: folder.path, district: "shelbyville", access: .exclusive)
        _ = try first.reading { try $0.schools(only: []) }
    }

    @Test func aWriterThatCouldNotOpenLeavesNoLock() throws {
        try Data("this is no database at all, but a text of some length".utf8)
            .write(to: URL(filePath: folder.file("springfield.sqlite")))
        #expect(throws: StateError.self) { try folder.open() }
        try FileManager.default.removeItem(atPath: folder.file("springfield.sqlite"))
        _ = try folder.open()
    }

    @Test func aReaderSeesWhatTheWriterStoredWhileItGoesOnWriting() throws {
        let writer = try folder.open()
        let reader = try folder.open(.readOnly)
        try writer.transaction { try $0.set(.watermark, 1) }
        #expect(try reader.reading { try $0.number(.watermark) } == 1)
        try writer.transaction { tx in
            try tx.set(.watermark, 2)
            // Not stored yet: the reader neither sees it nor waits for it.
            let seen = try reader.reading { try $0.number(.watermark) }
            #expect(seen == 1)
        }
        #expect(try reader.reading { try $0.number(.watermark) } == 2)
    }

    @Test func aReaderWorksWithoutAnyWriter() throws {
        do {
            let writer = try folder.open()
            try writer.transaction { try $0.set(.watermark, 7) }
        }
        #expect(try folder.open(.readOnly).reading { try $0.number(.watermark) } == 7)
    }

    @Test func aReaderCannotWrite() throws {
        _ = try folder.open()
        let reader = try folder.open(.readOnly)
        #expect(throws: StateError.self) { try reader.transaction { try $0.set(.watermark, 1) } }
    }

    @Test func aSmallCommandWritesBesideTheDaemon() throws {
        let daemon = try folder.open()
        let command = try folder.open(.shared)
        try command.transaction { try $0.set(.districtState, text: "paused") }
        #expect(try daemon.reading { try $0.text(.districtState) } == "paused")
    }

    // MARK: Files

    @Test(arguments: [SyncState.Access.readOnly, .shared])
    func withoutAStateThereIsNothingToRead(access: SyncState.Access) throws {
        #expect(throws: StateError.absent(path: folder.file("springfield.sqlite"))) { try folder.open(access) }
        // Asking leaves nothing behind.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func theStateIsReadableByItsOwnerAlone() throws {
        let directory = folder.file("var/lib")
        let state = try SyncState(directory: directory, district: "springfield", access: .exclusive)
        try state.transaction { try $0.set(.watermark, 1) }
        #expect(try folder.mode("var") == 0o700)
        #expect(try folder.mode("var/lib") == 0o700)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory)
        #expect(Set(files).isSuperset(of: ["springfield.sqlite", "springfield.sqlite-wal", "springfield.lock"]))
        for file in files { #expect(try folder.mode("var/lib/\(file)") == 0o600, "\(file)") }
    }

    /// `sudo attendance-sync once` before the service has ever run, or while it is stopped.
    @Test(.enabled(if: geteuid() == 0)) func whatRootMakesBelongsToTheServicesUser() throws {
        try #require(chown(folder.path, 65_534, 65_534) == 0)
        let state = try folder.open()
        try state.transaction { try $0.set(.watermark, 1) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count >= 3)
        for name in names {
            var information = stat()
            #expect(stat(folder.file(name), &information) == 0 && information.st_uid == 65_534, "\(name)")
        }
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        try Data().write(to: URL(filePath: folder.file("file")))
        let directory = folder.file("file/below")
        do {
            _ = try SyncState(directory: directory, district: "springfield", access: .exclusive)
            Issue.record("opened a state below a file")
        } catch {
            guard case .inaccessible(let path, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path == directory)
        }
    }

    // MARK: Versions and damage

    @Test func aNewStateIsOfThisVersion() throws {
        let state = try folder.open()
        #expect(state.migratedFrom == nil)
        #expect(!SyncState.schemaVersion.isEmpty)
    }

    @Test func openingAgainKeepsEverything() throws {
        do { try folder.open().transaction { try $0.set(.fingerprint, text: "f") } }
        let state = try folder.open()
        #expect(state.migratedFrom == SyncState.schemaVersion)
        #expect(try state.reading { try $0.text(.fingerprint) } == "f")
    }

    @Test(arguments: [SyncState.Access.exclusive, .shared, .readOnly])
    func aStateFromANewerVersionIsRefusedAndLeftAsItIs(access: SyncState.Access) throws {
        do {
            try folder.open().transaction { tx in
                try tx.run("INSERT INTO grdb_migrations(identifier) VALUES ('99-from-the-future')")
                try tx.set(.watermark, 5)
            }
        }
        #expect(throws: StateError.newerVersion(path: folder.file("springfield.sqlite"))) { try folder.open(access) }
    }

    @Test(arguments: [SyncState.Access.shared, .readOnly])
    func aStateThatNoCycleHasUpgradedIsNotTouchedByACommand(access: SyncState.Access) throws {
        do {
            try folder.open().transaction { tx in
                try tx.run("DELETE FROM grdb_migrations WHERE identifier = ?", [SyncState.schemaVersion])
            }
        }
        do {
            _ = try folder.open(access)
            Issue.record("opened a state of an older schema")
        } catch {
            switch error {
            case .inaccessible(_, let detail): #expect(detail.contains("older version"))
            default: Issue.record("\(error)")
            }
        }
    }

    /// The process was killed before it had stored anything.
    @Test(arguments: [SyncState.Access.exclusive, .shared, .readOnly])
    func anEmptyFileThatNeverHeldAStateIsNone(access: SyncState.Access) throws {
        try Data().write(to: URL(filePath: folder.file("springfield.sqlite")))
        guard access != .exclusive else { return try folder.open().check() }
        #expect(throws: StateError.absent(path: folder.file("springfield.sqlite"))) { try folder.open(access) }
    }

    @Test(arguments: [SyncState.Access.exclusive, .shared, .readOnly], [true, false])
    func aStateThatIsEmptiedOrLostIsNotTakenForANewOne(access: SyncState.Access, isLost: Bool) throws {
        do {
            let state = try folder.open()
            try state.transaction { try $0.set(.watermark, 5) }
            state.close()
        }
        let file = folder.file("springfield.sqlite")
        if isLost {
            try FileManager.default.removeItem(atPath: file)
        } else {
            try Data().write(to: URL(filePath: file))
        }
        do {
            _ = try folder.open(access)
            Issue.record("opened a state that is not there")
        } catch {
            #expect(error.isDamage, "\(error)")
        }
        #expect(FileManager.default.contents(atPath: file) == (isLost ? nil : Data()))
    }

    @Test(arguments: [SyncState.Access.exclusive, .shared, .readOnly])
    func aFileThatIsNoDatabaseIsDamaged(access: SyncState.Access) throws {
        let junk = Data(repeating: UInt8(ascii: "x"), count: 8192)
        try junk.write(to: URL(filePath: folder.file("springfield.sqlite")))
        do {
            _ = try folder.open(access)
            Issue.record("opened junk")
        } catch {
            guard case .damaged(let path, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path == folder.file("springfield.sqlite"))
        }
        #expect(try Data(contentsOf: URL(filePath: folder.file("springfield.sqlite"))) == junk)
    }

    @Test func damageInsideTheFileIsFoundByACheck() throws {
        do {
            let state = try folder.open()
            try state.transaction { tx in
                for number in 0..<2000 {
                    try tx.store(school: "school-\(number)", sisID: nil, generation: 1)
                }
            }
            try state.check()
        }
        let file = URL(filePath: folder.file("springfield.sqlite"))
        var bytes = try Data(contentsOf: file)
        try #require(bytes.count > 20 * 4096)
        // All pages but the first few, where the schema is.
        for index in (bytes.count / 2)..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: file)
        do {
            try folder.open(.shared).check()
            Issue.record("the damage went unseen")
        } catch {
            guard case .damaged = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func aTransactionThatFailsLeavesNothing() throws {
        struct Interrupted: Error {}
        let state = try folder.open()
        try state.transaction { try $0.set(.watermark, 1) }
        #expect(throws: StateError.self) {
            try state.transaction { tx in
                try tx.set(.watermark, 2)
                throw Interrupted()
            }
        }
        #expect(try state.reading { try $0.number(.watermark) } == 1)
    }

    @Test func errorsNameNobody() throws {
        let state = try folder.open()
        do {
            try state.transaction { tx in
                try tx.run("INSERT INTO school(clever_id) VALUES (?)", ["a-student-of-note"])
                try tx.run("INSERT INTO school(clever_id) VALUES (?)", ["a-student-of-note"])
            }
            Issue.record("stored the same school twice")
        } catch {
            #expect(!"\(error)".contains("a-student-of-note"))
            #expect(!error.repair.isEmpty)
        }
    }

    // MARK: Single values

    @Test func everySettingKeepsItsOwnValue() throws {
        let state = try folder.open()
        try state.transaction { tx in
            for (index, setting) in StateSetting.allCases.enumerated() { try tx.set(setting, Int64(index)) }
        }
        try state.reading { tx in
            for (index, setting) in StateSetting.allCases.enumerated() {
                let stored = try tx.number(setting)
                #expect(stored == Int64(index))
            }
        }
        try state.transaction { tx in
            try tx.set(.watermark, nil)
            try tx.set(.districtState, text: "success")
        }
        #expect(try state.reading { try $0.number(.watermark) } == nil)
        #expect(try state.reading { try $0.text(.districtState) } == "success")
    }
}

@Suite struct ClosedStateTests {
    /// A cycle may end just when the state is closed: SQLite ends the process when it is asked about no database.
    @Test func throwsWhereItWasClosed() throws {
        let folder = try TemporaryFolder()
        let state = try folder.open()
        state.close()
        #expect(throws: StateError.self) { try state.reading { try $0.number(.watermark) } }
        #expect(throws: StateError.self) { try state.transaction { try $0.set(.watermark, 1) } }
    }
}
