import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What an `OpenSSHServer` needs on the disk, in a directory of its own: keys, configuration, accounts.
struct OpenSSHFiles {
    let directory: String
    /// `ssh-ed25519 AAAA…`, one for each kind.
    private(set) var hostKeys: [String] = []

    var configuration: String { "\(directory)/sshd_config" }
    var loginKey: String { "\(directory)/login_key" }
    var knownHosts: String { "\(directory)/known_hosts" }

    init(hostKeys kinds: [SSHHostKey], login: SSHLogin) throws(OpenSSHError) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/sftp-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw OpenSSHError("no temporary directory: \(String(cString: strerror(errno)))")
        }
        directory = String(cString: made)
        do {
            for kind in kinds {
                let path = "\(directory)/host_\(kind.rawValue)"
                try Self.makeKey(kind, path)
                hostKeys.append(try Self.publicKey(path))
            }
            if login == .key {
                try Self.makeKey(.ed25519, loginKey)
                try write("authorized_keys", try Self.publicKey(loginKey) + "\n")
            }
        } catch {
            remove()
            throw error
        }
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws(OpenSSHError) {
        let path = "\(directory)/\(name)"
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw OpenSSHError("\(path) can't be written: \(error)")
        }
        chmod(path, mode)
    }

    /// Copies of the machine's accounts with one more user, whose password is `OpenSSHServer.password`.
    func writeAccounts(user: uid_t, group: gid_t) throws(OpenSSHError) {
        let name = OpenSSHServer.districtUser
        try write(
            "passwd", try Self.text("/etc/passwd") + "\(name):x:\(user):\(group)::/drop:/usr/sbin/nologin\n")
        try write("group", try Self.text("/etc/group") + "\(name):x:\(group):\n")
        try write("shadow", try Self.text("/etc/shadow") + "\(name):\(Self.hash):1::::::\n", mode: 0o600)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    /// `openssl passwd -6` of `OpenSSHServer.password`.
    private static let hash =
        "$6$attendance$feuRsm9MKMY55fiDhgXGeAHuO.CZShvIz0odlviXsX..QccTN8OZLr4X7GKQF.UbQgYlUNoz0dwsxXfUb0C8G0"

    private static func makeKey(_ kind: SSHHostKey, _ path: String) throws(OpenSSHError) {
        let keygen = try SupervisedProcess([
            "/usr/bin/ssh-keygen", "-q", "-t", kind.rawValue, "-N", "", "-C", "", "-f", path,
        ])
        keygen.stop()
        guard FileManager.default.fileExists(atPath: path) else {
            throw OpenSSHError("ssh-keygen made no key: \(keygen.output)")
        }
    }

    /// Without its comment.
    private static func publicKey(_ path: String) throws(OpenSSHError) -> String {
        try text("\(path).pub").split(whereSeparator: \.isWhitespace).prefix(2).joined(separator: " ")
    }

    private static func text(_ path: String) throws(OpenSSHError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OpenSSHError("\(path) can't be read")
        }
        let text = String(decoding: data, as: UTF8.self)
        return text.hasSuffix("\n") || text.isEmpty ? text : text + "\n"
    }
}
