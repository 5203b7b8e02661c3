import Foundation
import Sandbox
import TestServers
import Testing

/// The whole program through nginx: HTTP/2, gzip, a private authority, and certificates that must not be believed.
@Suite(.enabled(if: NginxServer.isInstalled, "nginx is not installed: apt-get install nginx-light"))
struct TLSTests {
    /// Each side behind an nginx of its own.
    private struct Proxied {
        let place: Installation
        let certificates: Certificates
        let servers: [NginxServer]

        init(
            subject: String = "IP:127.0.0.1", days: Int = 2, isSelfSigned: Bool = false,
            trusting authority: KeyPath<Certificates, String>? = \.authority
        )
            async throws
        {
            let place = try await Installation.make()
            let certificates = try Certificates()
            for side in ["clever", "schoology"] {
                if isSelfSigned {
                    try certificates.issueSelfSigned(side, for: subject)
                } else {
                    try certificates.issue(side, for: subject, days: days)
                }
            }
            let upstreams = [("clever", place.sandbox.cleverURL), ("schoology", place.sandbox.schoologyURL)]
            servers = try upstreams.map { name, url in
                try NginxServer(
                    certificates, name,
                    location: "proxy_pass \(url); proxy_set_header Host $http_host; "
                        + "proxy_set_header X-Forwarded-Proto https;")
            }
            (self.place, self.certificates) = (place, certificates)
            let options = Installation.Options(
                schoology: authority.map { "ca_file = \"\(certificates[keyPath: $0])\"" } ?? "")
            let urls = servers.map { "https://127.0.0.1:\($0.port)" }
            let text = """
                [service]
                state_directory = "\(place.stateFolder.path)"
                \(place.district("town", options, cleverURL: urls[0], schoologyURL: urls[1]))
                """
            try Data(text.utf8).write(to: place.configuration)
        }
    }

    @Test func aDayGoesThrough() async throws {
        let proxied = try await Proxied()
        let place = proxied.place
        try place.mark(place.pairs[0], "absent", code: "E")
        let ended = try await place.run("once")
        #expect(ended.status == 0, "\(ended.log)")
        #expect(place.differences == [])
        #expect(try place.shown(place.pairs[0]) == 4)
        for server in proxied.servers {
            #expect(!server.exchanges.isEmpty)
            #expect(server.exchanges.allSatisfy { $0 == "HTTP/2.0 gzip" }, "\(server.exchanges)")
        }
        #expect(try await place.run("doctor").status == 0)
    }

    /// Nothing is said to a server that can't prove who it is: no token, no signature.
    @Test(arguments: ["wrong host", "expired", "self-signed", "unknown authority", "no authority"])
    func aServerThatIsNotBelievedIsToldNothing(why: String) async throws {
        let proxied =
            switch why {
            case "wrong host": try await Proxied(subject: "DNS:api.clever.com")
            case "expired": try await Proxied(days: -1)
            case "self-signed": try await Proxied(isSelfSigned: true)
            case "unknown authority": try await Proxied(trusting: \.otherAuthority)
            default: try await Proxied(trusting: nil)
            }
        let place = proxied.place
        let ended = try await place.run("once")
        #expect(ended.status == 69)
        #expect(ended.log.contains("certificate"), "\(ended.log)")
        #expect(place.sandbox.requests.isEmpty)
        // Who it is that has to act is another matter: doctor says so.
        let doctor = try await place.run("doctor")
        #expect(doctor.status == 78)
        #expect(doctor.output.contains("certificate"))
        #expect(place.sandbox.requests.isEmpty)
    }
}
