import AttendanceCore
import Operations
import Transport

/// Whether a side can be reached, and whether its certificate is believed.
struct ConnectionDoctor {
    /// With less left, somebody should look after the certificate.
    private static let shortOfDays = 14

    var side: String
    var url: String
    var caFile: String
    var now: Timestamp

    /// - Returns: nothing to ask that side where the check has failed.
    func check() async -> Check {
        let name = "\(side) connection"
        do {
            let certificate = try await ServerCertificate.look(at: url, caFile: caFile)
            guard url.lowercased().hasPrefix("https:") else { return .ok(name, "\(url) (this machine, without TLS)") }
            guard let expires = certificate.expires else { return .ok(name, "\(url), certificate believed") }
            let days = (expires - now.seconds) / 86_400
            let found = "\(url), certificate believed, \(Words.count(Int(days), "day")) left"
            guard days < Self.shortOfDays else { return .ok(name, found) }
            return .warning(
                name, found,
                repair: "whoever runs the server has to renew it; tell them if it is not \(side)'s own")
        } catch {
            return Self.failure(name, side: side, error)
        }
    }

    static func failure(_ name: String, side: String, _ error: TransportError) -> Check {
        guard let problem = error.trustProblem else {
            guard error.reason != .resources else {
                return .failed(
                    name, "this machine has no means to ask: \(error.detail)",
                    repair:
                        "raise the limit of open files (LimitNOFILE= in the service's unit, `ulimit -n`) or free memory"
                )
            }
            return .failed(
                name, "\(side) is unreachable: \(error.detail)",
                repair:
                    "check base_url, the network, the proxy variables and the firewall; if they are right, it is \(side)'s and mends itself",
                exitStatus: .unreachable)
        }
        let (what, repair) = words(problem, side: side)
        return .failed(name, "\(what): \(error.detail)", repair: repair)
    }

    private static func words(_ problem: TrustProblem, side: String) -> (String, String) {
        switch problem {
        case .expired:
            (
                "the certificate has expired",
                "check this machine's clock; if it is right, whoever runs the server has to renew it"
            )
        case .notYetValid: ("the certificate is not valid yet", "check this machine's clock: it is probably behind")
        case .wrongHost:
            (
                "the certificate is for another host",
                "check the host in base_url; if it is right, something between here and \(side) answers in its place"
            )
        case .selfSigned:
            (
                "the certificate is self-signed",
                "if it is meant to be, name it as ca_file; if not, something between here and \(side) answers in its place"
            )
        case .unknownAuthority:
            (
                "the certificate's authority is unknown",
                "if a proxy of the district inspects traffic, name its authority as ca_file; else install Debian's package ca-certificates"
            )
        case .unreadableAuthorities:
            ("the authorities can't be read", "check the file that ca_file or SSL_CERT_FILE names: PEM, readable")
        case .other: ("TLS is refused", "the words say why; the server must speak TLS 1.2 or newer")
        }
    }
}
