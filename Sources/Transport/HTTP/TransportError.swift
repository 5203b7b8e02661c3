/// Why there is no answer. `sent` tells whether the server may have acted on the request: only when it is
/// false can a write be made again without reading first.
public struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The host's name could not be resolved, nothing accepts connections there, or the URL can't be asked.
        case cannotConnect
        /// TLS refused: an unknown authority, a wrong host name, an expired certificate.
        case untrusted
        /// No whole answer in time.
        case timedOut
        /// The connection ended before the answer did.
        case connectionLost
        /// More bytes than `maximumBodyBytes`, or not HTTP.
        case malformedAnswer
        /// The caller's task was cancelled.
        case cancelled
        /// Descriptors or memory ran out on this machine.
        case resources
    }

    public var reason: Reason
    /// False only when it is certain that not a byte of the request reached the server.
    public var sent: Bool
    /// libcurl's own words, without the URL's query, a header or a body.
    public var detail: String

    public init(_ reason: Reason, sent: Bool, detail: String) {
        self.reason = reason
        self.sent = sent
        self.detail = detail
    }

    public var description: String { detail }
}
