import Foundation

/// A private authority and server certificates of it, made with the `openssl` program in a directory of their own.
public final class Certificates: Sendable {
    public let directory: String

    public init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for authority in ["ca", "other-ca"] {
            try openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(authority) "
                    + "-keyout \(authority).key -out \(authority).pem")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    public var authority: String { "\(directory)/ca.pem" }
    public var otherAuthority: String { "\(directory)/other-ca.pem" }

    /// Makes `<name>.pem` and `<name>.key` for `subject` (`DNS:…` or `IP:…`). `days` may be negative: expired.
    public func issue(_ name: String, for subject: String, days: Int = 2) throws {
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=\(name) -addext subjectAltName=\(subject) "
                + "-keyout \(name).key -out \(name).csr")
        try openssl(
            "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -copy_extensions copy "
                + "-out \(name).pem")
    }

    /// Makes `<name>.pem` and `<name>.key` that no authority has signed.
    public func issueSelfSigned(_ name: String, for subject: String) throws {
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                + "-addext subjectAltName=\(subject) -keyout \(name).key -out \(name).pem")
    }

    private func openssl(_ arguments: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }

    struct Failure: Error {
        var arguments: String
    }
}
