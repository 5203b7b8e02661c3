import Crypto
import FoundationEssentials

/// OAuth 1.0a's signature, as a function of nothing but its arguments (RFC 5849 section 3.4).
public enum OAuthSignature {
    /// One `name=value` of the request or of its `Authorization` header, not encoded.
    public struct Parameter: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is signed (section 3.4.1.1); nil when `url` is not an absolute URL.
    ///
    /// - Parameters:
    ///   - method: as on the request line.
    ///   - url: its query's pairs are added to the parameters.
    ///   - parameters: the `oauth_…` ones, without `oauth_signature` and `realm`, and those of a form body. A JSON
    ///     body is not part of it.
    public static func baseString(method: String, url: String, parameters: [Parameter]) -> String? {
        guard let url = URLParts(url) else { return nil }
        return [method.uppercased(), baseURI(url), normalised(parameters, query: url.query ?? "")]
            .map(OAuthEncoding.encode).joined(separator: "&")
    }

    /// `oauth_signature`, not yet encoded for the header. With `PLAINTEXT` the base string doesn't matter.
    public static func sign(
        _ method: OAuthSignatureMethod, baseString: String, consumerSecret: String, tokenSecret: String = ""
    ) -> String {
        let key = OAuthEncoding.encode(consumerSecret) + "&" + OAuthEncoding.encode(tokenSecret)
        switch method {
        case .plaintext:
            return key
        case .hmacSHA1:
            let code = HMAC<Insecure.SHA1>.authenticationCode(
                for: Data(baseString.utf8), using: SymmetricKey(data: Data(key.utf8)))
            return Data(code).base64EncodedString()
        }
    }

    /// Section 3.4.1.2: scheme and host in lower case, the port only where it isn't the scheme's own, no query.
    private static func baseURI(_ url: URLParts) -> String {
        let isDefaultPort = url.port == nil || url.port == (url.scheme == "https" ? 443 : 80)
        return "\(url.scheme)://\(isDefaultPort ? url.host : url.authority)\(url.path)"
    }

    /// Section 3.4.1.3.2: encoded first, then sorted by name and by value, byte by byte.
    private static func normalised(_ parameters: [Parameter], query: String) -> String {
        var encoded = OAuthEncoding.decodePairs(query).map {
            (name: OAuthEncoding.encode($0.name), value: OAuthEncoding.encode($0.value))
        }
        encoded += parameters.map { (OAuthEncoding.encode($0.name), OAuthEncoding.encode($0.value)) }
        // Encoded text is ASCII, whose order as text is its order as bytes.
        encoded.sort { ($0.name, $0.value) < ($1.name, $1.value) }
        return encoded.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}
