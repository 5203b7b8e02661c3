import Transport

/// Signs Schoology's requests (OAuth 1.0a). There is one signer for each consumer key, because Schoology refuses
/// timestamps that go backwards.
public protocol RequestSigner: Sendable {
    func authorization(for request: HTTPRequest) throws -> HTTPHeader
    /// The server's `Date`, from an answer that refused a timestamp.
    func learn(serverDate: String)
}
