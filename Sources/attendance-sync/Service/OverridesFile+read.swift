import Foundation
import SyncEngine

extension OverridesFile {
    /// The file at `path`; nil where there is none.
    ///
    /// - Throws: ``OverridesError``, or why the file can't be read.
    static func read(_ path: String) throws -> OverridesFile? {
        guard !path.isEmpty, FileManager.default.fileExists(atPath: path) else { return nil }
        return try OverridesFile(csv: String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self))
    }
}
