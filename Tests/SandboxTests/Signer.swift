@testable import Sandbox

/// Signs requests for Schoology, rightly unless told otherwise.
struct Signer: Sendable {
    var key: String
    var secret: String
    var timestamp: Int64
    var nonce = String(UInt64.random(in: 0...UInt64.max))
    var signatureMethod = "HMAC-SHA1"

    func header(_ method: String, _ target: String, host: String) -> String {
        var parameters = [
            "oauth_consumer_key": key, "oauth_token": "", "oauth_nonce": nonce, "oauth_timestamp": String(timestamp),
            "oauth_signature_method": signatureMethod, "oauth_version": "1.0",
        ]
        if signatureMethod == "HMAC-SHA1" {
            let request = WireRequest(method: method, target: target, headers: ["host": host])
            parameters["oauth_signature"] = OAuthVerifier.hmacSHA1(
                baseString: OAuthVerifier.baseString(request, parameters), consumerSecret: secret, tokenSecret: "")
        } else {
            parameters["oauth_signature"] = "\(secret)&"
        }
        let list = parameters.map { "\($0.key)=\"\(PercentEncoding.encode($0.value))\"" }
        return "OAuth realm=\"Schoology API\",\(list.joined(separator: ","))"
    }
}
