import Foundation

/// What can be told of a private key by its text, before a server refuses it for no stated reason.
enum PrivateKeyText {
    static let hint = "name the private key itself, in OpenSSH's or PEM form and without a passphrase (ssh-keygen -p)"

    /// Follows the name of the file; nil when it looks like a key that can be used. Never shows the key.
    static func problem(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard let first = lines.first, first.hasPrefix("-----BEGIN "), first.hasSuffix("PRIVATE KEY-----") else {
            let isPublic = ["ssh-", "ecdsa-", "sk-", "-----BEGIN PUBLIC", "---- BEGIN SSH2 PUBLIC"]
            return isPublic.contains(where: text.hasPrefix)
                ? "holds the public key, not the private one" : "holds no private key"
        }
        return hasPassphrase(first, lines) ? "holds a private key that needs a passphrase" : nil
    }

    /// PEM says so in its header (RFC 1421 section 4.6.1.1, RFC 5958); OpenSSH's form names the cipher after its magic
    /// (PROTOCOL.key of OpenSSH), `none` for a key that is not encrypted.
    private static func hasPassphrase(_ first: String, _ lines: [String]) -> Bool {
        let headers = lines.filter { $0.hasPrefix("Proc-Type:") }
        if first.contains("ENCRYPTED") || headers.contains(where: { $0.contains("ENCRYPTED") }) { return true }
        guard first.contains("OPENSSH") else { return false }
        let body = lines.dropFirst().prefix { !$0.hasPrefix("-") }.joined()
        guard let bytes = Data(base64Encoded: body) else { return false }
        let magic = Data("openssh-key-v1\0".utf8)
        let withoutCipher = magic + [0, 0, 0, 4] + Data("none".utf8)
        return bytes.starts(with: magic) && !bytes.starts(with: withoutCipher)
    }
}
