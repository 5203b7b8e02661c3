import Foundation
import Sandbox

/// What can keep `attendance.csv` from the server, and how it is mended.
enum Obstacle: String, CaseIterable, Sendable {
    case wrongPassword, unknownHostKey, changedHostKey, fullDisk, readOnlyFolder, nothingListens

    /// Whether it takes a user and a disk for the server alone.
    var needsRoot: Bool {
        switch self {
        case .wrongPassword, .fullDisk, .readOnlyFolder: true
        case .unknownHostKey, .changedHostKey, .nothingListens: false
        }
    }

    static var possible: [Obstacle] { allCases.filter { OpenSSHServer.canMakeUsers || !$0.needsRoot } }

    static let capacity = 65_536
    static let password = "not-the-password-6c1e"

    var exitStatus: Int32 {
        switch self {
        case .wrongPassword, .unknownHostKey, .changedHostKey, .fullDisk, .readOnlyFolder: 78
        case .nothingListens: 69
        }
    }

    /// - Parameter closed: a port that nobody listens on.
    func put(before circle: Circle, closed: ClosedPort) throws {
        switch self {
        case .wrongPassword: try circle.place.secret(Self.password, "sftp-password")
        case .unknownHostKey: try circle.setKnownHosts(circle.server.knownHosts(port: 1))
        case .changedHostKey:
            try circle.setKnownHosts("[127.0.0.1]:\(circle.server.port) ssh-ed25519 \(Self.otherKey)\n")
        case .fullDisk: try fill(circle)
        case .readOnlyFolder: chmod(circle.server.folder, 0o555)
        case .nothingListens:
            try circle.setKnownHosts(circle.server.knownHosts(port: closed.number))
            try circle.configure(.init(port: closed.number))
        }
    }

    func takeAway(from circle: Circle) throws {
        switch self {
        case .wrongPassword: try circle.place.secret(circle.server.password ?? "", "sftp-password")
        case .unknownHostKey, .changedHostKey: try circle.setKnownHosts(circle.server.knownHosts())
        case .fullDisk: try FileManager.default.removeItem(atPath: circle.path("filler"))
        case .readOnlyFolder: chmod(circle.server.folder, 0o755)
        case .nothingListens:
            try circle.setKnownHosts(circle.server.knownHosts())
            try circle.configure(.init())
        }
    }

    /// An ed25519 key that no server here has: its name and 32 bytes, each with their length before them.
    private static var otherKey: String {
        var blob = Data([0, 0, 0, 11])
        blob.append(Data("ssh-ed25519".utf8))
        blob.append(Data([0, 0, 0, 32]))
        blob.append(Data(repeating: 7, count: 32))
        return blob.base64EncodedString()
    }

    private func fill(_ circle: Circle) throws {
        let descriptor = open(circle.path("filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, page, page.count) > 0 {}
    }
}
