import CSimulatedDisk
import Foundation
import SyncState
import Testing

@testable import Simulation

extension SimulationTests {
    /// The disk itself: SQLite's promises hold on it as on a real one.
    @Suite(.serialized) struct SimulatedDiskTests {
        private let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("disk-\(UUID().uuidString)").path

        init() {
            simulated_disk_register()
            simulated_disk_reset(7)
        }

        private func open() throws -> SyncState {
            simulated_disk_crash_after(0, SIMULATED_DISK_KILLED)
            return try SyncState(directory: folder, district: "d", access: .exclusive, disk: SIMULATED_DISK_NAME)
        }

        private func value(_ state: SyncState) throws -> [Int64?] {
            try state.reading { [try $0.number(.watermark), try $0.number(.fullScanWatermark)] }
        }

        private func store(_ number: Int64, _ tx: Transaction) throws {
            try tx.set(.watermark, number)
            try tx.set(.fullScanWatermark, number)
        }

        @Test func aKilledProcessLosesNothingThatItStored() throws {
            var state: SyncState? = try open()
            try state?.transaction { try store(1, $0) }
            simulated_disk_crash(SIMULATED_DISK_KILLED)
            state = nil
            #expect(try value(open()) == [1, 1])
        }

        @Test func aPowerFailureSparesWhatWasStoredDurably() throws {
            for seed in 1...30 {
                simulated_disk_reset(UInt64(seed))
                var state: SyncState? = try open()
                try state?.transaction { try store(1, $0) }
                try state?.durableTransaction { try store(2, $0) }
                simulated_disk_crash(SIMULATED_DISK_POWER_FAILED)
                state = nil
                #expect(try value(open()) == [2, 2], "seed \(seed)")
            }
        }

        @Test func aPowerFailureMayTakeWhatWasNotSynced() throws {
            let survived = try (1...30).filter { seed in
                simulated_disk_reset(UInt64(seed))
                var state: SyncState? = try open()
                try state?.durableTransaction { try store(1, $0) }
                try state?.transaction { try store(2, $0) }
                simulated_disk_crash(SIMULATED_DISK_POWER_FAILED)
                state = nil
                let values = try value(open())
                #expect(values == [1, 1] || values == [2, 2])
                return values == [2, 2]
            }
            #expect((1..<30).contains(survived.count))
        }

        /// Whatever write or sync the machine doesn't outlive: all of the transaction is there, or none of it.
        @Test(arguments: Crash.allCases)
        func aCrashInATransactionLeavesAllOfItOrNone(crash: Crash) throws {
            for effect in 1...40 {
                simulated_disk_reset(UInt64(effect))
                var state: SyncState? = try open()
                try state?.durableTransaction { try store(1, $0) }
                simulated_disk_crash_after(Int64(effect), crash.disk)
                for number in 2...6 as ClosedRange<Int64> {
                    try? state?.durableTransaction { try store(number, $0) }
                }
                #expect(simulated_disk_has_crashed() != 0 || effect > 15)
                if simulated_disk_has_crashed() == 0 { simulated_disk_crash(crash.disk) }
                state = nil
                let reopened = try open()
                try reopened.check()
                let values = try value(reopened)
                #expect(values[0] == values[1] && (1...6).contains(values[0] ?? 0), "effect \(effect)")
            }
        }

        @Test func aFullDiskIsSaidToBeFullAndLosesNothing() throws {
            let state = try open()
            try state.transaction { try store(1, $0) }
            simulated_disk_set_full(1)
            #expect(throws: StateError.diskFull(path: state.path)) { try state.transaction { try store(2, $0) } }
            simulated_disk_set_full(0)
            #expect(try value(state) == [1, 1])
            try state.transaction { try store(3, $0) }
            #expect(try value(state) == [3, 3])
        }
    }
}
