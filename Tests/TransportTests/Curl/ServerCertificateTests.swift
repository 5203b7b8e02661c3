import Foundation
import Testing
import TestServers

@testable import Transport

/// What is said of a server's certificate, and of why it is not believed.
@Suite struct ServerCertificateTests {
    @Test func tellsWhenItExpires() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1", days: 1)
        let server = try TLSServer(certificates, "server")
        let certificate = try await ServerCertificate.look(
            at: "https://127.0.0.1:\(server.port)", caFile: certificates.authority)
        let left = try #require(certificate.expires) - Int64(Date().timeIntervalSince1970)
        #expect((86_400 - 120...86_400).contains(left))
    }

    @Test func namesWhyItIsNotBelieved() async throws {
        #expect(try await problem(subject: "IP:127.0.0.1", trusting: nil) == .unknownAuthority)
        #expect(try await problem(subject: "IP:127.0.0.1", trusting: \.otherAuthority) == .unknownAuthority)
        #expect(try await problem(subject: "DNS:api.schoology.com", trusting: \.authority) == .wrongHost)
        #expect(try await problem(subject: "IP:127.0.0.1", days: -1, trusting: \.authority) == .expired)
    }

    @Test func namesASelfSignedOneAndAnUnreadableAuthority() async throws {
        let certificates = try Certificates()
        // The authority's own certificate, shown as the server's.
        let server = try TLSServer(certificates, "ca")
        let url = "https://127.0.0.1:\(server.port)"
        for (file, problem) in [("", TrustProblem.selfSigned), ("/nowhere/ca.pem", .unreadableAuthorities)] {
            do {
                _ = try await ServerCertificate.look(at: url, caFile: file, environment: { _ in nil })
                Issue.record("believed")
            } catch {
                #expect(error.trustProblem == problem, "\(error)")
                #expect(!error.sent)
            }
        }
    }

    @Test func nobodyListeningIsNoMatterOfTrust() async throws {
        do {
            _ = try await ServerCertificate.look(at: "https://127.0.0.1:1", caFile: "")
            Issue.record("connected")
        } catch {
            #expect(error.reason == .cannotConnect)
            #expect(error.trustProblem == nil)
        }
    }

    @Test func readsOpenSSLsTimes() {
        #expect(ServerCertificate.time("Nov  6 08:49:37 1994 GMT") == 784_111_777)
        #expect(ServerCertificate.time("Nov 16 08:49:37 1994 GMT") == 784_975_777)
        #expect(ServerCertificate.time("soon") == nil)
    }

    private func problem(
        subject: String, days: Int = 2, trusting authority: KeyPath<Certificates, String>?
    ) async throws -> TrustProblem? {
        let certificates = try Certificates()
        try certificates.issue("server", for: subject, days: days)
        let server = try TLSServer(certificates, "server")
        do {
            _ = try await ServerCertificate.look(
                at: "https://127.0.0.1:\(server.port)", caFile: authority.map { certificates[keyPath: $0] } ?? "",
                environment: { _ in nil })
            return nil
        } catch {
            return error.trustProblem
        }
    }
}
