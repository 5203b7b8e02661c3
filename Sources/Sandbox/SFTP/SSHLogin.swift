/// How a user of `OpenSSHServer` logs in.
public enum SSHLogin: Sendable, Equatable {
    /// Needs root: a user with a known password exists for the server alone.
    case password
    /// A private key without a passphrase.
    case key
}
