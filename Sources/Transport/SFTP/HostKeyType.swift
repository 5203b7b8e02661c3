/// The kinds of host keys that libssh2 can check, in the order in which they are asked for.
///
/// RSA comes last: libssh2 before 1.11 signs and checks RSA with SHA-1 alone, which OpenSSH has left out of its
/// defaults since 8.8.
enum HostKeyType: String, CaseIterable {
    case ed25519 = "ssh-ed25519"
    case ecdsa256 = "ecdsa-sha2-nistp256"
    case ecdsa384 = "ecdsa-sha2-nistp384"
    case ecdsa521 = "ecdsa-sha2-nistp521"
    case rsa = "ssh-rsa"
}
