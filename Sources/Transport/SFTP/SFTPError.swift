/// Why a file didn't get to the SFTP server.
public enum SFTPError: Error, Sendable, Equatable {
    /// The host's name could not be resolved or nothing accepts connections there.
    case cannotConnect(detail: String)
    /// The known-hosts file has no key for this host. An operator must add it.
    case hostKeyUnknown
    /// The known-hosts file has another key for this host. An operator must find out why.
    case hostKeyChanged
    /// The known-hosts file or the private key can't be read. An operator must mend it.
    case unreadableFile(path: String)
    /// User and password, or the private key, were refused. An operator must act.
    case refusedCredential
    /// The server's disk or quota is full.
    case noSpace
    /// The server doesn't let this user write or rename there.
    case notPermitted
    /// The directory isn't there.
    case noSuchPath
    /// The connection ended. `renamed` is nil when it can't be told whether the file got its real name.
    case cut(renamed: Bool?, detail: String)
    case timedOut(renamed: Bool?)
    /// The caller's task was cancelled.
    case cancelled
    /// Descriptors or memory ran out on this machine.
    case resources(detail: String)
    /// Anything else that the server said.
    case refused(detail: String)
}
