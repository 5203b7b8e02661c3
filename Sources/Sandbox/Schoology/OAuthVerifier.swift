import Crypto
import FoundationEssentials

/// Checks two-legged OAuth 1.0a as RFC 5849 section 3.2 asks a server to.
///
/// The refusals' texts are those of the library that Schoology's answers come from.
struct OAuthVerifier: Sendable {
    /// Why a request is refused, in words that go into the 401.
    struct Refusal: Error, Hashable {
        let message: String
    }

    let consumerKey: String
    let consumerSecret: String
    /// How far a timestamp may be from the server's clock, in seconds.
    var allowedSkew: Int
    /// How far a timestamp may be behind the last one, in seconds.
    var allowedStep = 0
    /// Every signature is refused, as after a change of the secret.
    var isRevoked = false

    private var lastTimestamp: Int64 = .min
    /// Nonces by timestamp.
    private var nonces: [Int64: Set<String>] = [:]

    init(consumerKey: String, consumerSecret: String, allowedSkew: Int) {
        self.consumerKey = consumerKey
        self.consumerSecret = consumerSecret
        self.allowedSkew = allowedSkew
    }

    mutating func verify(_ request: WireRequest, now: Instant) throws(Refusal) {
        guard let header = request.headers["authorization"], header.hasPrefix("OAuth ") else {
            throw Refusal(message: "Can't verify request, missing oauth_consumer_key or oauth_token")
        }
        let parameters = Self.parameters(header)
        guard let key = parameters["oauth_consumer_key"], parameters["oauth_token"] != nil else {
            throw Refusal(message: "Can't verify request, missing oauth_consumer_key or oauth_token")
        }
        guard let version = parameters["oauth_version"], version == "1.0" else {
            throw Refusal(message: "Unsupported oauth_version")
        }
        guard key == consumerKey else { throw Refusal(message: "Invalid consumer key") }
        guard parameters["oauth_token"] == "" else { throw Refusal(message: "Invalid oauth_token") }
        guard let nonce = parameters["oauth_nonce"], !nonce.isEmpty,
            let timestamp = parameters["oauth_timestamp"].flatMap({ Int64($0) }), timestamp > 0
        else {
            throw Refusal(message: "Missing oauth_nonce or oauth_timestamp")
        }
        try checkSignature(parameters, request)
        try checkFreshness(timestamp: timestamp, nonce: nonce, now: now)
    }

    private func checkSignature(_ parameters: [String: String], _ request: WireRequest) throws(Refusal) {
        let signature = parameters["oauth_signature"] ?? ""
        let expected: String
        switch parameters["oauth_signature_method"] {
        case "PLAINTEXT":
            expected = "\(PercentEncoding.encode(consumerSecret))&"
        case "HMAC-SHA1":
            expected = Self.hmacSHA1(
                baseString: Self.baseString(request, parameters), consumerSecret: consumerSecret, tokenSecret: "")
        default:
            throw Refusal(message: "Unsupported signature method")
        }
        guard !isRevoked, signature == expected else {
            throw Refusal(message: "Verification of signature failed (signature base string does not match).")
        }
    }

    private mutating func checkFreshness(timestamp: Int64, nonce: String, now: Instant) throws(Refusal) {
        guard abs(timestamp - now.unixSeconds) <= Int64(allowedSkew) else {
            throw Refusal(message: "Expired timestamp, yours \(timestamp), ours \(now.unixSeconds)")
        }
        guard lastTimestamp == .min || timestamp >= lastTimestamp - Int64(allowedStep) else {
            throw Refusal(
                message: "Timestamp is out of sequence. Request rejected. Got \(timestamp) last max is "
                    + "\(lastTimestamp) allowed skew is \(allowedStep)")
        }
        guard nonces[timestamp]?.contains(nonce) != true else {
            throw Refusal(
                message: "Duplicate timestamp/nonce combination, possible replay attack.  Request rejected.")
        }
        lastTimestamp = max(lastTimestamp, timestamp)
        nonces[timestamp, default: []].insert(nonce)
        if nonces.count > 64 { nonces = nonces.filter { $0.key >= lastTimestamp - Int64(allowedStep) } }
    }

    /// The header's parameters, decoded (RFC 5849 section 3.5.1).
    static func parameters(_ header: String) -> [String: String] {
        var result: [String: String] = [:]
        for part in header.dropFirst("OAuth ".count).split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            let name = sides[0].drop { $0 == " " || $0 == "\t" }
            let value = sides[1].filter { $0 != "\"" && $0 != " " }
            result[PercentEncoding.decode(name)] = PercentEncoding.decode(value)
        }
        return result
    }

    /// The signature base string (RFC 5849 section 3.4.1).
    static func baseString(_ request: WireRequest, _ oauth: [String: String]) -> String {
        var pairs = request.query
        for (name, value) in oauth where name != "realm" && name != "oauth_signature" { pairs.append((name, value)) }
        if request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true {
            pairs += WireRequest.pairs(String(decoding: request.body, as: UTF8.self))
        }
        let encoded = pairs.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        let parameters = encoded.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        var host = request.headers["host"]?.lowercased() ?? ""
        if host.hasSuffix(":80") { host.removeLast(3) }
        // Behind a reverse proxy that speaks TLS.
        let scheme = request.headers["x-forwarded-proto"] ?? "http"
        let base = "\(scheme)://\(host)\(request.path)"
        return "\(request.method.uppercased())&\(PercentEncoding.encode(base))&\(PercentEncoding.encode(parameters))"
    }

    /// RFC 5849 section 3.4.2.
    static func hmacSHA1(baseString: String, consumerSecret: String, tokenSecret: String) -> String {
        let key = "\(PercentEncoding.encode(consumerSecret))&\(PercentEncoding.encode(tokenSecret))"
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Data(baseString.utf8), using: SymmetricKey(data: Data(key.utf8)))
        return Data(code).base64EncodedString()
    }
}
