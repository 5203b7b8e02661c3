/// Why a server's certificate is not believed.
public enum TrustProblem: Sendable, Equatable, CaseIterable {
    case expired
    case notYetValid
    case wrongHost
    case selfSigned
    /// The chain ends in an authority that this machine doesn't know, or a certificate in between is missing.
    case unknownAuthority
    /// The file with the authorities can't be used.
    case unreadableAuthorities
    case other
}

extension TransportError {
    /// Nil unless TLS refused. libcurl has one code for most of it, so its words and OpenSSL's count.
    public var trustProblem: TrustProblem? {
        guard reason == .untrusted else { return nil }
        let words = detail.lowercased()
        func says(_ texts: String...) -> Bool { texts.contains { words.contains($0) } }
        if says("has expired") { return .expired }
        if says("not yet valid") { return .notYetValid }
        if says("target host name", "does not match", "no alternative certificate subject name") { return .wrongHost }
        if says("self-signed certificate in", "self signed certificate in") { return .unknownAuthority }
        if says("self-signed", "self signed") { return .selfSigned }
        if says("unable to get", "unable to verify") { return .unknownAuthority }
        if says("error setting certificate", "error adding trust", "problem with the ssl ca") {
            return .unreadableAuthorities
        }
        return .other
    }
}
