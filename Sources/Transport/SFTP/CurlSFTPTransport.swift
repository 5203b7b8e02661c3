import Glibc

/// SFTP through libcurl: each upload on a thread and a connection of its own, both gone when it ends.
///
/// - **A host key counts only when the known-hosts file has it.** Nothing is ever added to that file.
/// - A password answers `password` and `keyboard-interactive`; a private key `publickey` alone. No agent, no key of
///   `~/.ssh`, no `.netrc`.
/// - The proxy variables of the environment hold as libcurl reads them, save for loopback hosts.
/// - The file is written under its temporary name, which a later upload overwrites should this one fail, and renamed.
///   **There is never a part of it under the real name.**
public struct CurlSFTPTransport: SFTPTransport {
    private let connectTimeout: Duration
    private let stallTimeout: Duration

    /// - Parameters:
    ///   - connectTimeout: name resolution, TCP, the SSH handshake and the login; the upload's own timeout still holds.
    ///   - stallTimeout: a transfer that moves less than a byte a second for so long is given up; whole seconds.
    public init(connectTimeout: Duration = .seconds(20), stallTimeout: Duration = .seconds(60)) {
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
    }

    public func upload(_ upload: SFTPUpload) async throws(SFTPError) {
        try await perform(
            try SFTPTransfer(upload, connectTimeout: connectTimeout, stallTimeout: stallTimeout)
        ).get()
    }

    /// Shows whether an upload would work, without touching the file of the URL: the bytes are written under the
    /// temporary name beside it, renamed to `SFTPRehearsal.fileName` and removed.
    public func rehearse(_ upload: SFTPUpload) async -> SFTPRehearsal {
        do throws(SFTPError) {
            let transfer = try SFTPTransfer(
                upload, isRehearsal: true, connectTimeout: connectTimeout, stallTimeout: stallTimeout)
            switch await perform(transfer) {
            case .success: return SFTPRehearsal(reached: .removed, error: nil)
            case .failure(let error):
                let reached: SFTPRehearsal.Stage =
                    transfer.done.contains(.rename) ? .renamed : transfer.done.contains(.write) ? .written : .nothing
                return SFTPRehearsal(reached: reached, error: error)
            }
        } catch {
            return SFTPRehearsal(reached: .nothing, error: error)
        }
    }

    private func perform(_ transfer: SFTPTransfer) async -> Result<Void, SFTPError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, SFTPError>, Never>) in
                guard startThread({ continuation.resume(returning: transfer.run()) }) else {
                    let words = String(cString: strerror(errno))
                    return continuation.resume(
                        returning: .failure(.resources(detail: "no thread for the upload: \(words)")))
                }
            }
        } onCancel: {
            transfer.sockets.cancel()
        }
    }
}
