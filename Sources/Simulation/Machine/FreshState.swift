import CSimulatedDisk
import SyncState

/// A new state, made once for each process: its migrations take as long as many cycles.
enum FreshState {
    nonisolated(unsafe) private static var image: [UInt8]?

    /// Puts it on a simulated disk that is empty otherwise, and whose luck is the seed's. Used by the simulation's one
    /// thread.
    static func put(directory: String, seed: UInt64) {
        let name = "\(directory)/town.sqlite"
        if image == nil {
            guard
                let state = try? SyncState(
                    directory: directory, district: "town", access: .exclusive, disk: SIMULATED_DISK_NAME)
            else { return }
            state.close()
            var count: Int64 = 0
            guard let bytes = simulated_disk_get(name, &count) else { return }
            image = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        }
        simulated_disk_reset(seed)
        image?.withUnsafeBytes { simulated_disk_put(name, $0.baseAddress, Int64($0.count)) }
    }
}
