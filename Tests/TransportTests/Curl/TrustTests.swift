import Testing
import Transport
import TestServers

/// Which certificates are believed. Every refusal happens before a byte of the request is sent.
@Suite struct TrustTests {
    @Test func acceptsACertificateFromThePrivateAuthority() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let server = try TLSServer(certificates, "server")
        try await withTransport(caFile: certificates.authority) { transport in
            let response = try await transport.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
            #expect(response.status == 200)
        }
    }

    @Test func acceptsTheAuthorityOfTheUsualEnvironment() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let server = try TLSServer(certificates, "server")
        let loop = try CurlLoop()
        let transport = CurlTransport(
            loop: loop, environment: { $0 == "SSL_CERT_FILE" ? certificates.authority : nil })
        let response = try await transport.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        #expect(response.status == 200)
        await loop.shutdown()
    }

    @Test func keepsTheAuthoritiesOfTwoTransportsApart() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let server = try TLSServer(certificates, "server")
        let url = "https://127.0.0.1:\(server.port)/"
        let loop = try CurlLoop()
        let trusting = CurlTransport(loop: loop, caFile: certificates.authority, environment: { _ in nil })
        let other = CurlTransport(loop: loop, caFile: certificates.otherAuthority, environment: { _ in nil })
        for _ in 0..<2 {
            let response = try await trusting.send(HTTPRequest(.get, url))
            #expect(response.status == 200)
            #expect(await failure(of: other, HTTPRequest(.get, url))?.reason == .untrusted)
        }
        await loop.shutdown()
    }

    @Test func refusesACertificateFromAnUnknownAuthority() async throws {
        try await expectRefusal(subject: "IP:127.0.0.1", trusting: nil)
        try await expectRefusal(subject: "IP:127.0.0.1", trusting: \.otherAuthority)
    }

    @Test func refusesACertificateForAnotherHost() async throws {
        try await expectRefusal(subject: "DNS:api.schoology.com", trusting: \.authority)
    }

    @Test func refusesAnExpiredCertificate() async throws {
        try await expectRefusal(subject: "IP:127.0.0.1", days: -1, trusting: \.authority)
    }

    @Test func saysSoWhenTheAuthoritiesCanNotBeRead() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let server = try TLSServer(certificates, "server")
        try await withTransport(caFile: "/nowhere/ca.pem") { transport in
            let error = await failure(of: transport, HTTPRequest(.put, "https://127.0.0.1:\(server.port)/", body: [1]))
            #expect(error?.reason == .untrusted)
            #expect(error?.sent == false)
            #expect(error?.detail.contains("/nowhere/ca.pem") == true)
        }
    }

    private func expectRefusal(
        subject: String, days: Int = 2, trusting authority: KeyPath<Certificates, String>?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: subject, days: days)
        let server = try TLSServer(certificates, "server")
        try await withTransport(caFile: authority.map { certificates[keyPath: $0] } ?? "") { transport in
            let error = await failure(
                of: transport, HTTPRequest(.put, "https://127.0.0.1:\(server.port)/", body: [1]),
                sourceLocation: sourceLocation)
            #expect(error?.reason == .untrusted, sourceLocation: sourceLocation)
            #expect(error?.sent == false, sourceLocation: sourceLocation)
        }
    }
}
