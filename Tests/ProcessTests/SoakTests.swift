import Foundation
import Sandbox
import Testing

/// `scripts/soak`, for seconds instead of an hour: that it works, and that it can fail.
@Suite(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "apt-get install python3")) struct SoakTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../scripts/lib/soak.py").standardizedFileURL.path

    private func soak(_ arguments: String...) async throws -> Program.Ended {
        try await Program([Self.script] + arguments, of: "/usr/bin/python3", in: FileManager.default.temporaryDirectory)
            .end(within: .seconds(180))
    }

    @Test func theRuleSeesALeakAndNoNoise() async throws {
        let ended = try await soak("--self-test")
        #expect(ended.status == 0, "\(ended.log)")
    }

    @Test(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) func aShortOnePasses() async throws
    {
        let ended = try await soak(
            "--programs", Program.products.path, "--minutes", "0.33", "--districts", "2", "--students", "24",
            "--every", "1")
        #expect(ended.status == 0, "\(ended.output)\(ended.log)")
        #expect(ended.output.contains("soak: passed"))
        #expect(ended.output.contains("equal; one more cycle writes nothing"))
    }
}
