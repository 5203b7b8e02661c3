import Testing

@testable import Transport

typealias Parameter = OAuthSignature.Parameter

/// Vectors that others published.
@Suite struct OAuthSignatureTests {
    /// RFC 5849 section 3.4.1.1, with its errata: the form body's pairs are parameters too.
    @Test func buildsTheBaseStringOfTheRFC() {
        let base = OAuthSignature.baseString(
            method: "POST", url: "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
            parameters: [
                Parameter("oauth_consumer_key", "9djdj82h48djs9d2"), Parameter("oauth_token", "kkk9d7dh3k39sjv7"),
                Parameter("oauth_signature_method", "HMAC-SHA1"), Parameter("oauth_timestamp", "137131201"),
                Parameter("oauth_nonce", "7d8f3e4a"), Parameter("c2", ""), Parameter("a3", "2 q"),
            ])
        #expect(
            base
                == "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26"
                + "c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26"
                + "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7")
    }

    struct Vector: CustomTestStringConvertible, Sendable {
        var source: String
        var method = "GET"
        var url: String
        var parameters: [Parameter]
        var consumerSecret: String
        var tokenSecret = ""
        var signature: String
        var testDescription: String { source }
    }

    static let vectors = [
        Vector(
            source: "RFC 5849 section 1.2, the photo",
            url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
            parameters: [
                Parameter("oauth_consumer_key", "dpf43f3p2l4k3l03"), Parameter("oauth_token", "nnch734d00sl2jdk"),
                Parameter("oauth_signature_method", "HMAC-SHA1"), Parameter("oauth_timestamp", "137131202"),
                Parameter("oauth_nonce", "chapoH"),
            ], consumerSecret: "kd94hf93k423kf44", tokenSecret: "pfkkdhi9sl3r4s00",
            signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I="),
        Vector(
            source: "OAuth Core 1.0 appendix A.5",
            url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
            parameters: [
                Parameter("oauth_consumer_key", "dpf43f3p2l4k3l03"), Parameter("oauth_token", "nnch734d00sl2jdk"),
                Parameter("oauth_signature_method", "HMAC-SHA1"), Parameter("oauth_timestamp", "1191242096"),
                Parameter("oauth_nonce", "kllo9940pd9333jh"), Parameter("oauth_version", "1.0"),
            ], consumerSecret: "kd94hf93k423kf44", tokenSecret: "pfkkdhi9sl3r4s00",
            signature: "tR3+Ty81lMeYAr/Fid0kMTYa/WM="),
        Vector(
            source: "Twitter, Creating a signature", method: "POST",
            url: "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            parameters: [
                Parameter("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
                Parameter("oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"),
                Parameter("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
                Parameter("oauth_signature_method", "HMAC-SHA1"), Parameter("oauth_timestamp", "1318622958"),
                Parameter("oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
                Parameter("oauth_version", "1.0"),
            ], consumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            tokenSecret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", signature: "hCtSmYh+iHYCEqBWrE7C7hYmtUk="),
    ]

    @Test(arguments: vectors)
    func signsWithHMACSHA1(_ vector: Vector) throws {
        let base = try #require(
            OAuthSignature.baseString(method: vector.method, url: vector.url, parameters: vector.parameters))
        let signature = OAuthSignature.sign(
            .hmacSHA1, baseString: base, consumerSecret: vector.consumerSecret, tokenSecret: vector.tokenSecret)
        #expect(signature == vector.signature)
    }

    /// RFC 5849 section 2.1: `oauth_signature="ja893SD9%26"` for an empty token secret.
    @Test func signsWithPlaintext() {
        #expect(OAuthSignature.sign(.plaintext, baseString: "", consumerSecret: "ja893SD9") == "ja893SD9&")
        #expect(
            OAuthSignature.sign(
                .plaintext, baseString: "", consumerSecret: "djr9rjt0jd78jf88", tokenSecret: "jjd99$tj88uiths3")
                == "djr9rjt0jd78jf88&jjd99%24tj88uiths3")
    }

    /// The wiki of OAuth's own test cases, and Schoology's kinds of query.
    @Test(arguments: [
        ("a=1%2C2%2C3", "a=1%2C2%2C3"), ("a=1,2", "a=1%2C2"), ("a=b%20c", "a=b%20c"), ("a=b+c", "a=b%20c"),
        ("a=%2B", "a=%2B"), ("a", "a="), ("a=", "a="), ("", ""), ("a=b=c", "a=b%3Dc"), ("a=2&a=10&a=1", "a=1&a=10&a=2"),
        ("x!y=a&x=a", "x=a&x%21y=a"), ("a=%7E~", "a=~~"), ("a=%e4", "a=%E4"), ("a=%C3%A4", "a=%C3%A4"),
        ("a=%zz%4", "a=%25zz%254"), ("&&a=1&", "a=1"), ("=v", "=v"), ("z=1&Z=1", "Z=1&z=1"),
    ])
    func normalisesTheQuery(_ query: String, _ expected: String) {
        let base = OAuthSignature.baseString(method: "get", url: "https://h/p?\(query)", parameters: [])
        #expect(base == "GET&https%3A%2F%2Fh%2Fp&" + OAuthEncoding.encode(expected))
    }

    @Test(arguments: [
        ("HTTP://Example.com:80/A%20b", "http://example.com/A%20b"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://127.0.0.1:8080/v1/x?y", "http://127.0.0.1:8080/v1/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"), ("http://[::1]/x#f", "http://[::1]/x"),
        ("http://h?q=1", "http://h/"),
    ])
    func signsSchemeHostPortAndPath(_ url: String, _ expected: String) {
        let base = OAuthSignature.baseString(method: "GET", url: url, parameters: [])
        #expect(base?.hasPrefix("GET&\(OAuthEncoding.encode(expected))&") == true)
    }

    @Test(arguments: ["", "/v1/x", "https://", "https://h:x/", "https://h:99999/"])
    func signsNoRelativeURL(_ url: String) {
        #expect(OAuthSignature.baseString(method: "GET", url: url, parameters: []) == nil)
    }
}
