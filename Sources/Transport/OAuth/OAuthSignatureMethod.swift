/// How a request is signed (RFC 5849 section 3.4).
public enum OAuthSignatureMethod: String, Sendable, CaseIterable {
    case hmacSHA1 = "HMAC-SHA1"
    /// The secret itself goes over the wire: for TLS only (section 3.4.4).
    case plaintext = "PLAINTEXT"
}
