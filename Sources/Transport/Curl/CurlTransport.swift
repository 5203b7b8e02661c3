import Glibc

/// HTTP through a `CurlLoop`: a light value for each set of certificate authorities, all sharing one thread and its
/// connections.
///
/// - HTTP/2 where TLS offers it, HTTP/1.1 otherwise; connections are kept and used again.
/// - TLS 1.2 or newer; peer and host name are always verified. There is no switch to turn that off.
/// - `gzip` is asked for; the body arrives decoded.
/// - The proxy variables of the environment (`https_proxy`, `no_proxy`, …) hold as libcurl reads them, save for
///   loopback hosts, which are never asked through a proxy.
/// - No redirect is followed, no cookie kept, no `.netrc` read, and a user name in the URL is refused.
/// - **A write or a signed request goes over the wire at most once for each `send`.** See `CurlTransfer.isAboutToSend()`.
public final class CurlTransport: HTTPTransport {
    private let loop: CurlLoop
    private let settings: TransferSettings

    /// - Parameters:
    ///   - caFile: a PEM file with a private authority, trusted beside the system's; empty: `SSL_CERT_FILE`, else
    ///     the system's.
    ///   - version: what follows `attendance-sync/` in `User-Agent`.
    ///   - connectTimeout: name resolution, TCP and TLS together; the request's own timeout still holds.
    ///   - maximumBodyBytes: a longer answer, decoded, is `.malformedAnswer`.
    ///   - environment: where `SSL_CERT_FILE` and `SSL_CERT_DIR` are looked up.
    public init(
        loop: CurlLoop, caFile: String = "", version: String = "dev", connectTimeout: Duration = .seconds(10),
        maximumBodyBytes: Int = 64 << 20,
        environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) {
        self.loop = loop
        settings = TransferSettings(
            authorities: TrustedAuthorities(caFile: caFile, environment: environment),
            userAgent: "attendance-sync/\(version)", connectTimeout: connectTimeout, maximumBodyBytes: maximumBodyBytes)
    }

    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = try CurlTransfer(request, settings: settings)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in loop.core.submit(transfer, continuation) }
        } onCancel: {
            loop.core.cancel(transfer)
        }
        return try result.get()
    }
}
