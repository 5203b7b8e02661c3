import Synchronization

/// Signs the requests of one consumer key. Make one for each key: a server that sees timestamps go back refuses them.
public final class OAuthSigner: Sendable {
    private let consumerKey: String
    private let consumerSecret: String
    private let method: OAuthSignatureMethod
    private let store: any TimestampStore
    private let now: @Sendable () -> Int64
    private let randomNonce: @Sendable () -> String
    private let clock = Mutex(OAuthClock())

    /// - Parameters:
    ///   - now: Unix seconds.
    ///   - randomNonce: different at each call; of characters that need no encoding, for short headers.
    public init(
        consumerKey: String, consumerSecret: String, method: OAuthSignatureMethod, store: any TimestampStore,
        now: @escaping @Sendable () -> Int64, randomNonce: @escaping @Sendable () -> String
    ) {
        self.consumerKey = consumerKey
        self.consumerSecret = consumerSecret
        self.method = method
        self.store = store
        self.now = now
        self.randomNonce = randomNonce
    }

    /// A new timestamp and nonce at each call: sign again for each attempt.
    ///
    /// - Throws: `.unsignableURL`, or `.timestampFile` when the last timestamp can't be kept.
    public func authorization(for request: HTTPRequest) throws(OAuthError) -> HTTPHeader {
        let clock = clock.withLock { $0 }
        let timestamp = try store.advance { last in clock.next(now: now(), after: last) }
        return try OAuthHeader.authorization(
            for: request, consumerKey: consumerKey, consumerSecret: consumerSecret, method: method,
            timestamp: timestamp, nonce: randomNonce())
    }

    /// Takes in the `Date` header of an answer that refused a timestamp. Anything else than a date changes nothing.
    public func learn(serverDate: String) {
        guard let serverTime = HTTPDate.parse(serverDate) else { return }
        clock.withLock { $0.learn(serverTime: serverTime, now: now()) }
    }
}
