import Foundation

/// The folder where `attendance.csv` is dropped.
struct DropFolder {
    let path: String
    private let isTemporary: Bool

    /// Makes the folder; without a path, one that goes away with the sandbox.
    init(at path: String?) throws {
        isTemporary = path == nil
        self.path =
            path.map { absolutePath($0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("attendance-drop-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    func removeIfTemporary() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }
}
