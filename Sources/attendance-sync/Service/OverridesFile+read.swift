import Configuration
import SyncEngine

/// The overrides file is there and can't be read.
struct OverridesUnreadable: Error, CustomStringConvertible {
    var path: String
    var problem: FileAccess.Problem

    var description: String { "\(path) \(problem.words): \(repair)" }
    /// It holds no secret, and the service has a user of its own.
    var repair: String { "`chmod 644 \(path)` lets the service read it" }
}

extension OverridesFile {
    /// In bytes.
    static let largest = 64 << 20

    /// The file at `path`; nil where there is none.
    ///
    /// - Throws: ``OverridesError``, or ``OverridesUnreadable``.
    static func read(_ path: String) throws -> OverridesFile? {
        guard !path.isEmpty else { return nil }
        switch FileAccess.real.read(path, largest) {
        case .success(let file): return try OverridesFile(csv: String(decoding: file.bytes, as: UTF8.self))
        case .failure(.missing): return nil
        case .failure(let problem): throw OverridesUnreadable(path: path, problem: problem)
        }
    }
}
