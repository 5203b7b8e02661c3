import Synchronization
import Transport

/// An SFTP server that keeps what was uploaded, and fails when it is told to.
final class DropBox: SFTPTransport {
    private struct State {
        var attempts = 0
        var uploads: [SFTPUpload] = []
        var failure: SFTPError?
        /// The file gets its name, and nobody hears of it.
        var isAppliedAnyway = false
    }

    private let state = Mutex(State())

    func upload(_ upload: SFTPUpload) async throws(SFTPError) {
        let failure = state.withLock { state in
            state.attempts += 1
            if state.failure == nil || state.isAppliedAnyway { state.uploads.append(upload) }
            return state.failure
        }
        if let failure { throw failure }
    }

    func fail(_ error: SFTPError?, isAppliedAnyway: Bool = false) {
        state.withLock { ($0.failure, $0.isAppliedAnyway) = (error, isAppliedAnyway) }
    }

    var attempts: Int { state.withLock { $0.attempts } }

    var uploads: [SFTPUpload] { state.withLock { $0.uploads } }

    /// The file under its real name.
    var file: [UInt8]? { uploads.last?.bytes }

    /// The rows of the file, without the header.
    var rows: [String] {
        guard let file else { return [] }
        return String(decoding: file, as: UTF8.self).split(separator: "\r\n").dropFirst().map(String.init)
    }
}
