/// Why a file didn't get to the SFTP server.
public enum SFTPError: Error, Sendable, Equatable {
    /// The URL or the temporary name can't be uploaded to. An operator must mend the configuration.
    case unusableAddress(detail: String)
    /// The host's name could not be resolved, nothing accepts connections there, or they end before the server
    /// has shown its key.
    case cannotConnect(detail: String)
    /// The known-hosts file has no key for this host of a kind that the server shows. An operator must add it.
    case hostKeyUnknown
    /// The known-hosts file has another key for this host. An operator must find out why.
    case hostKeyChanged
    /// The known-hosts file or the private key can't be read. An operator must mend it.
    case unreadableFile(path: String)
    /// User and password, or the private key, were refused, or the server hung up on the login twice. An operator must
    /// act.
    case refusedCredential
    /// The server didn't store what was written: its disk or the user's quota is full, as far as can be told.
    case noSpace
    /// The server doesn't let this user write or rename there.
    case notPermitted
    /// The directory isn't there.
    case noSuchPath
    /// The connection ended. `renamed` is nil when it can't be told whether the file got its real name: then there is
    /// the old file, the new one or, where the old one had to be removed first, none.
    case cut(renamed: Bool?, detail: String)
    /// No end in time; `renamed` as in `cut`.
    case timedOut(renamed: Bool?)
    /// The caller's task was cancelled. The file has its real name or not, as in `cut`.
    case cancelled
    /// Descriptors or memory ran out on this machine.
    case resources(detail: String)
    /// Anything else that the server said.
    case refused(detail: String)
}
