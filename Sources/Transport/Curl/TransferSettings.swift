/// What every request of one `CurlTransport` has in common.
struct TransferSettings: Sendable {
    var authorities: TrustedAuthorities
    var userAgent: String
    var connectTimeout: Duration
    /// Of a decoded body.
    var maximumBodyBytes: Int
}
