import Foundation
import Sandbox
import Synchronization
import Testing
import Transport

/// A folder, an OpenSSH server that offers it, and uploads to it. `close` it at the end.
final class DropFolder: Sendable {
    static let old = Array("the file of an hour ago\n".utf8)

    private let base: String
    let directory: String
    let server: OpenSSHServer

    /// `hasOld`: there is an `attendance.csv` already.
    init(
        login: SSHLogin = .key, hostKeys: [SSHHostKey] = [.ed25519], capacity: Int? = nil, options: [String] = [],
        hasOld: Bool = false
    ) throws {
        base = FileManager.default.temporaryDirectory.appendingPathComponent("drop-\(UUID().uuidString)").path
        directory = "\(base)/folder"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        server = try OpenSSHServer.start(
            folder: directory, login: login, hostKeys: hostKeys, capacity: capacity, options: options)
        if hasOld { try write("attendance.csv", Self.old) }
    }

    func close() {
        server.stop()
        try? FileManager.default.removeItem(atPath: base)
    }

    deinit { close() }

    func path(_ name: String) -> String { "\(server.folder)/\(name)" }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        let owner = try FileManager.default.attributesOfItem(atPath: server.folder)[.ownerAccountID] as? NSNumber
        chown(path(name), owner?.uint32Value ?? getuid(), getgid())
    }

    func read(_ name: String = "attendance.csv") -> [UInt8]? {
        FileManager.default.contents(atPath: path(name)).map { Array($0) }
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: server.folder)) ?? []).sorted() }

    var credential: SFTPCredential {
        if let password = server.password { return .password(user: server.user, password: password) }
        return .privateKey(user: server.user, path: server.privateKeyFile ?? "")
    }

    /// A known-hosts file with that text; it goes with the folder's server.
    func knownHosts(_ text: String) throws -> String {
        let path = "\(base)/known_hosts-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func request(
        _ bytes: [UInt8] = [1], url: String? = nil, port: Int? = nil, knownHosts: String? = nil,
        credential: SFTPCredential? = nil, timeout: Duration = .seconds(60)
    ) throws -> SFTPUpload {
        let url = url ?? "sftp://127.0.0.1:\(port ?? server.port)/~/attendance.csv"
        let known = try port.map { try self.knownHosts(server.knownHosts(port: $0)) }
        return SFTPUpload(
            url: url, temporaryName: "attendance.csv.part", bytes: bytes,
            credential: credential ?? self.credential, knownHostsFile: knownHosts ?? known ?? server.knownHostsFile,
            timeout: timeout)
    }
}

/// The error that an upload ends with; nil, and a recorded issue, when it succeeds.
func failure(
    of upload: SFTPUpload, by transport: CurlSFTPTransport = CurlSFTPTransport(),
    sourceLocation: SourceLocation = #_sourceLocation
) async -> SFTPError? {
    do {
        try await transport.upload(upload)
        Issue.record("uploaded", sourceLocation: sourceLocation)
        return nil
    } catch {
        #expect(!error.description.contains("winter-otter"), sourceLocation: sourceLocation)
        return error
    }
}

/// Bytes that differ everywhere, so that a part in the wrong place shows.
func sampleBytes(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
    }
}
