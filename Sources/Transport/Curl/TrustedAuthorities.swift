/// The certificate authorities that a server's certificate may come from.
///
/// libcurl hands OpenSSL the paths it was built with, so OpenSSL never looks at `SSL_CERT_FILE` and `SSL_CERT_DIR`
/// itself; the `curl` program reads them on its own account, and so does this. A private authority comes on top of the
/// system's, which stay trusted through their directory: one file serves a district whose other side is public.
struct TrustedAuthorities: Sendable, Equatable {
    /// A PEM bundle; nil: the one that libcurl was built with.
    var file: String?
    /// A directory of hashed certificates (`openssl rehash`); nil: the one that libcurl was built with.
    var directory: String?

    /// `caFile` goes before `SSL_CERT_FILE`; empty is the same as not given, for each.
    init(caFile: String, environment: (String) -> String?) {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        file = caFile.isEmpty ? value("SSL_CERT_FILE") : caFile
        directory = value("SSL_CERT_DIR")
    }
}
