/// How to log in to an SFTP server. Prints without its secret.
public enum SFTPCredential: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    case password(user: String, password: String)
    /// A private key in OpenSSH's format, without a passphrase.
    case privateKey(user: String, path: String)

    public var description: String {
        switch self {
        case .password(let user, _): "\(user) with a password"
        case .privateKey(let user, let path): "\(user) with the key \(path)"
        }
    }

    public var debugDescription: String { description }
}
