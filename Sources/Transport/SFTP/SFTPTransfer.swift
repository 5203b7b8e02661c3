import CCurl
import Glibc

/// One upload, from the known-hosts file to the rename. It blocks the thread that runs it.
///
/// Steps, each a `curl_easy_perform` on the same connection, so that it is always known what may have happened:
///
/// 1. Write all bytes under the temporary name. libcurl ends this well only when the server has acknowledged each
///    write with an OK of its own (`sftp_write` in libssh2), so the file is whole, and no look at its size is needed.
/// 2. Rename. libssh2 speaks version 3 of the protocol, whose rename doesn't replace; OpenSSH refuses it with a general
///    failure when there is a file of that name. Where there is none, this is all.
/// 3. Remove the old file, and rename again. Between the two there is no file.
///
/// `@unchecked Sendable`: it is handed to one thread, which alone touches its variables, libcurl's callbacks included;
/// `sockets` is behind its lock.
final class SFTPTransfer: @unchecked Sendable {
    enum Step {
        case write, rename, remove
    }

    /// What libssh2 said of the server's key in the last attempt.
    enum HostKeyVerdict {
        case notSeen, known, unknown, changed
    }

    let upload: SFTPUpload
    let address: SFTPAddress
    /// Under a name of its own, and removed at the end.
    let isRehearsal: Bool
    let temporaryName: [UInt8]
    let connectTimeout: Duration
    let stallTimeout: Duration
    let sockets = SFTPSockets()

    /// `CURL_ERROR_SIZE` bytes for libcurl's words.
    let words: UnsafeMutablePointer<CChar>
    var commands: UnsafeMutablePointer<curl_slist>?
    var verdict = HostKeyVerdict.notSeen
    /// Whether the server had hung up when libcurl was done with a step, and before it closed the connection itself.
    var isHungUp = false
    private var sent = 0
    /// The steps that the server took.
    private(set) var done: [Step] = []
    private var deadline = ContinuousClock.now

    /// - Throws: `.unusableAddress` for a URL or a name that can't be uploaded to.
    init(
        _ upload: SFTPUpload, isRehearsal: Bool = false, connectTimeout: Duration, stallTimeout: Duration
    ) throws(SFTPError) {
        let real = try SFTPAddress(upload.url)
        address = isRehearsal ? real.sibling(SFTPRehearsal.fileName) : real
        self.isRehearsal = isRehearsal
        temporaryName = Array(upload.temporaryName.utf8)
        guard SFTPAddress.isFileName(temporaryName), temporaryName != address.name else {
            throw .unusableAddress(detail: "the temporary name is not a file name, or the real one")
        }
        self.upload = upload
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        words.deallocate()
        curl_slist_free_all(commands)
    }

    func run() -> Result<Void, SFTPError> {
        Result { () throws(SFTPError) in try perform() }
    }

    /// Milliseconds until the upload's timeout.
    var remaining: Int { ContinuousClock.now.duration(to: deadline).milliseconds }

    private func perform() throws(SFTPError) {
        deadline = .now + upload.timeout
        let known = KnownHosts(
            String(decoding: try read(upload.knownHostsFile), as: UTF8.self), name: address.knownHost,
            host: address.host)
        if case .privateKey(_, let path) = upload.credential { _ = try read(path) }
        guard !known.types.isEmpty else { throw .hostKeyUnknown }
        guard CurlLoopCore.globalInitialisation == CURLE_OK, let easy = curl_easy_init() else {
            throw .resources(detail: "libcurl could not be initialised")
        }
        defer { curl_easy_cleanup(easy) }

        let file = try write(easy, known)
        try rename(easy, file)
        if isRehearsal { _ = try step(.remove, easy, file) }
    }

    private func rename(_ easy: UnsafeMutableRawPointer, _ file: MemoryFile) throws(SFTPError) {
        if try step(.rename, easy, file) { return }
        _ = try step(.remove, easy, file)
        if try step(.rename, easy, file) { return }
        throw .refused(detail: "\(address.knownHost): the old file was removed, but the new one could not be renamed")
    }

    /// Asks for each kind of key that the file lists in turn, until the server has one: libcurl asks for one only.
    /// Returns the file for the other steps.
    private func write(_ easy: UnsafeMutableRawPointer, _ known: KnownHosts) throws(SFTPError) -> MemoryFile {
        for type in known.types.map(Optional.some) + [nil] {
            // With an empty file libcurl asks for any kind: the server shows a key, which is refused.
            guard let file = MemoryFile(type.map { known.file($0, name: address.knownHost) } ?? "") else {
                throw .resources(detail: "no memory for the host keys: \(String(cString: strerror(errno)))")
            }
            // A connection that ends during the login may be an accident, and some servers end it to deny a login: it
            // is tried once more, and then taken for a server that can't be reached now.
            for isLast in [false, true] {
                do {
                    _ = try step(.write, easy, file)
                    return file
                } catch {
                    if type != nil, hasNoCommonMethod { break }
                    guard !isLast, isHungUp, case .cannotConnect = error else { throw error }
                }
            }
        }
        throw .hostKeyUnknown
    }

    /// LIBSSH2_ERROR_KEX_FAILURE: client and server have no kind of key, key exchange or cipher in common. libcurl has no
    /// code for it.
    private var hasNoCommonMethod: Bool {
        verdict == .notSeen && String(cString: words).hasPrefix("Failure establishing ssh session: -5,")
    }

    /// False when a rename was refused because there seems to be a file of that name.
    private func step(_ step: Step, _ easy: UnsafeMutableRawPointer, _ known: MemoryFile) throws(SFTPError) -> Bool {
        curl_easy_reset(easy)
        words[0] = 0
        sent = 0
        verdict = .notSeen
        isHungUp = false
        guard !sockets.isCancelled else { throw .cancelled }
        guard remaining > 0 else { throw .timedOut(renamed: renamed(step)) }
        sockets.startStep()
        guard configure(easy, step, knownHosts: known.path) else { throw .resources(detail: "out of memory") }
        let code = curl_easy_perform(easy)
        if code == CURLE_OK {
            done.append(step)
            return true
        }
        switch step {
        case .write: break
        case .rename: if isTaken(code) { return false }
        // Somebody else has taken it away.
        case .remove: if isMissing(code) { return true }
        }
        throw error(code, step)
    }

    private func read(_ path: String) throws(SFTPError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == EMFILE || errno == ENFILE || errno == ENOMEM {
                throw .resources(detail: "\(path): \(String(cString: strerror(errno)))")
            }
            throw .unreadableFile(path: path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw .unreadableFile(path: path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    // MARK: Called by libcurl

    func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, upload.bytes.count - sent)
        upload.bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count]))
        }
        sent += count
        return count
    }

    /// Returns whether to go on. libcurl calls this when a step has failed, too, before it closes the connection.
    func isToGoOn() -> Bool {
        isHungUp = sockets.isHungUp
        return !sockets.isCancelled
    }

    /// Returns whether the key will do. Nothing but what the file lists does.
    func accept(_ match: curl_khmatch) -> Bool {
        switch match {
        case CURLKHMATCH_OK: verdict = .known
        case CURLKHMATCH_MISMATCH: verdict = .changed
        default: verdict = .unknown
        }
        return verdict == .known
    }
}
