/// The `Authorization` header of two-legged OAuth 1.0a (RFC 5849 section 3.5.1), as Schoology documents it: the realm
/// `Schoology API`, and an empty token that is sent and therefore signed.
public enum OAuthHeader {
    public static let realm = "Schoology API"

    /// - Throws: `.unsignableURL`.
    public static func authorization(
        for request: HTTPRequest, consumerKey: String, consumerSecret: String, method: OAuthSignatureMethod,
        timestamp: Int64, nonce: String
    ) throws(OAuthError) -> HTTPHeader {
        let parameters: [OAuthSignature.Parameter] = [
            .init("oauth_consumer_key", consumerKey),
            .init("oauth_token", ""),
            .init("oauth_nonce", nonce),
            .init("oauth_timestamp", String(timestamp)),
            .init("oauth_signature_method", method.rawValue),
            .init("oauth_version", "1.0"),
        ]
        guard
            let baseString = OAuthSignature.baseString(
                method: request.method.rawValue, url: request.url, parameters: parameters)
        else { throw .unsignableURL }
        let signature = OAuthSignature.sign(method, baseString: baseString, consumerSecret: consumerSecret)
        let pairs = (parameters + [.init("oauth_signature", signature)]).map {
            "\($0.name)=\"\(OAuthEncoding.encode($0.value))\""
        }
        return HTTPHeader("Authorization", "OAuth realm=\"\(realm)\"," + pairs.joined(separator: ","))
    }
}
