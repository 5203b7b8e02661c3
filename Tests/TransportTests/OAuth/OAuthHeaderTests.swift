import Testing

@testable import Transport

@Suite struct OAuthHeaderTests {
    let request = HTTPRequest(
        .put, "https://api.schoology.com/v1/sections/1/attendance?start=2026-01-05", body: Array("{\"a\":1}".utf8))

    @Test func writesSchoologysPlaintextHeader() throws {
        let header = try OAuthHeader.authorization(
            for: request, consumerKey: "key", consumerSecret: "s&cret", method: .plaintext, timestamp: 1_700_000_000,
            nonce: "abc")
        #expect(header.name == "Authorization")
        #expect(
            header.value
                == "OAuth realm=\"Schoology API\",oauth_consumer_key=\"key\",oauth_token=\"\",oauth_nonce=\"abc\","
                + "oauth_timestamp=\"1700000000\",oauth_signature_method=\"PLAINTEXT\",oauth_version=\"1.0\","
                + "oauth_signature=\"s%2526cret%26\"")
    }

    @Test func signsTheEmptyTokenAndTheQueryButNotTheBody() throws {
        func signed(_ request: HTTPRequest) throws -> String {
            try OAuthHeader.authorization(
                for: request, consumerKey: "key", consumerSecret: "secret", method: .hmacSHA1, timestamp: 1, nonce: "n"
            ).value
        }
        let base =
            "PUT&https%3A%2F%2Fapi.schoology.com%2Fv1%2Fsections%2F1%2Fattendance&oauth_consumer_key%3Dkey%26"
            + "oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1%26oauth_token%3D%26"
            + "oauth_version%3D1.0%26start%3D2026-01-05"
        let signature = OAuthSignature.sign(.hmacSHA1, baseString: base, consumerSecret: "secret")
        #expect(try signed(request).hasSuffix(",oauth_signature=\"\(OAuthEncoding.encode(signature))\""))
        var other = request
        other.body = nil
        #expect(try signed(other) == signed(request))
        other.url += "6"
        #expect(try signed(other) != signed(request))
    }
}
