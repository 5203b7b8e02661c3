import Foundation
import Testing

/// `systemd/`: three services, one sandbox.
@Suite struct UnitFilesTests {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "systemd")
    static let services = ["attendance-sync.service", "attendance-sync@.service", "attendance-sync-once.service"]

    static func settings(_ service: String, after marker: String) throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: service), encoding: .utf8)
        let start = try #require(text.range(of: marker), "\(service) has no line \(marker)")
        let rest = text[start.upperBound...]
        return rest[..<(rest.range(of: "\n[")?.lowerBound ?? rest.endIndex)]
            .split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func allServicesHaveTheSameSandbox() throws {
        let sandbox = try Self.settings("attendance-sync.service", after: "# The sandbox")
        #expect(sandbox.count > 25)
        for service in Self.services { #expect(try Self.settings(service, after: "# The sandbox") == sandbox) }
    }

    @Test(arguments: ["User=", "DynamicUser=", "StateDirectory=", "StateDirectoryMode=", "UMask=", "LoadCredential="])
    func andTheSameUserStateAndSecrets(key: String) throws {
        let values = try Self.services.map { service in
            try Self.settings(service, after: "[Service]").filter { $0.hasPrefix(key) }
        }
        #expect(values[0].count == 1)
        #expect(Set(values).count == 1, "\(values)")
    }
}
