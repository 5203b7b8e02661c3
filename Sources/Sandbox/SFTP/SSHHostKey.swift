/// A kind of host key, by its name in `ssh-keygen -t`.
public enum SSHHostKey: String, Sendable, CaseIterable {
    case ed25519, ecdsa, rsa
}
