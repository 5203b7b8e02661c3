import Testing

@testable import Sandbox

@Suite struct OAuthTests {
    @Test func buildsTheBaseStringOfRFC5849() {
        // RFC 5849 section 3.4.1.1.
        let request = WireRequest(
            method: "POST", target: "/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
            headers: ["host": "EXAMPLE.COM:80", "content-type": "application/x-www-form-urlencoded"],
            body: Array("c2&a3=2+q".utf8))
        let oauth = OAuthVerifier.parameters(
            """
            OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", \
            oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", \
            oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"
            """)
        #expect(
            OAuthVerifier.baseString(request, oauth)
                == "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c"
                + "%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature"
                + "_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7")
    }

    @Test func signsTheRequestOfRFC5849() {
        // RFC 5849 section 1.2, the request for a protected resource.
        let request = WireRequest(
            method: "GET", target: "/photos?file=vacation.jpg&size=original", headers: ["host": "photos.example.net"])
        let oauth = OAuthVerifier.parameters(
            """
            OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", \
            oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", \
            oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"
            """)
        let signature = OAuthVerifier.hmacSHA1(
            baseString: OAuthVerifier.baseString(request, oauth), consumerSecret: "kd94hf93k423kf44",
            tokenSecret: "pfkkdhi9sl3r4s00")
        #expect(signature == oauth["oauth_signature"])
    }

    @Test(arguments: ["HMAC-SHA1", "PLAINTEXT"])
    func acceptsBothSignatureMethods(method: String) async throws {
        let bench = try await Bench()
        var signer = bench.signer
        signer.signatureMethod = method
        let target = "/v1/users?school_uids=S100000%2CS100001&limit=2"
        #expect(await bench.schoology(target, signer: signer).status == 200)
        signer.secret = "another"
        signer.nonce = "n"
        let refused = await bench.schoology(target, signer: signer)
        #expect(refused.status == 401)
        #expect(!refused.text.contains("imestamp"))
    }

    @Test func refusesAnUnknownKey() async throws {
        let bench = try await Bench()
        var signer = bench.signer
        signer.key = "nobody"
        #expect(await bench.schoology("/v1/users", signer: signer).status == 401)
        let bare = await RawClient.answer("GET", "/v1/users", from: bench.sandbox.schoologyURL)
        #expect(bare.status == 401)
    }

    @Test func refusesASignatureOfAnotherQuery() async throws {
        let bench = try await Bench()
        let header = bench.signer.header("GET", "/v1/users?start=0", host: RawClient.host(bench.sandbox.schoologyURL))
        let answer = await RawClient.answer(
            "GET", "/v1/users?start=20", headers: ["Authorization": header], from: bench.sandbox.schoologyURL)
        #expect(answer.status == 401)
    }

    @Test func refusesAReplay() async throws {
        let bench = try await Bench()
        let signer = bench.signer
        #expect(await bench.schoology("/v1/users", signer: signer).status == 200)
        let replay = await bench.schoology("/v1/users", signer: signer)
        #expect(replay.status == 401)
        #expect(replay.text.contains("Duplicate timestamp/nonce combination"))
    }

    @Test func refusesATimestampThatGoesBack() async throws {
        let bench = try await Bench()
        var signer = bench.signer
        #expect(await bench.schoology("/v1/users", signer: signer).status == 200)
        signer.timestamp -= 1
        signer.nonce = "another"
        let refused = await bench.schoology("/v1/users", signer: signer)
        #expect(refused.status == 401)
        #expect(refused.text.contains("Timestamp is out of sequence"))
    }

    @Test(arguments: [301, -301])
    func refusesATimestampFarFromItsClock(offset: Int64) async throws {
        let bench = try await Bench()
        var signer = bench.signer
        signer.timestamp += offset
        let refused = await bench.schoology("/v1/users", signer: signer)
        #expect(refused.status == 401)
        #expect(refused.text.contains("timestamp"))
    }

    @Test func showsTheSkewOfItsClockInTheDateHeader() async throws {
        let bench = try await Bench()
        bench.sandbox.setClockSkew(seconds: 3600, of: .schoology)
        let refused = await bench.schoology("/v1/users")
        #expect(refused.status == 401)
        #expect(refused.headers["date"] == "Wed, 14 Jan 2026 16:00:00 GMT")
        var signer = bench.signer
        signer.timestamp += 3600
        #expect(await bench.schoology("/v1/users", signer: signer).status == 200)
    }

    @Test func aRefusedRequestUsesUpNoNonce() async throws {
        let bench = try await Bench()
        var signer = bench.signer
        let secret = signer.secret
        signer.secret = "wrong"
        #expect(await bench.schoology("/v1/users", signer: signer).status == 401)
        signer.secret = secret
        #expect(await bench.schoology("/v1/users", signer: signer).status == 200)
    }
}
