import Foundation
import Sandbox
import Testing

/// A credential that is replaced in its file is taken by itself.
@Suite struct CredentialFileTests {
    @Test(arguments: ["token", "secret"]) func aNewCredentialHealsTheDaemonWithoutAWord(name: String) async throws {
        let place = try await Installation.make()
        try place.secret("not-the-right-one", name)
        let daemon = try place.start("run")
        try await daemon.logs("auth.failed")
        let right = name == "token" ? place.sandbox.settings.cleverToken : place.sandbox.settings.consumerSecret
        try place.secret(right, name)
        try await eventually("every mark arrives") { !daemon.isRunning || place.differences.isEmpty }
        try await daemon.logs("auth.recovered")
        daemon.signal(SIGTERM)
        let ended = try await daemon.end()
        #expect(ended.status == 0)
        #expect(LogLine.all(ended.log).count { $0.event == "auth.failed" } == 1)
        #expect(!ended.log.contains(right))
        #expect(!ended.log.contains("not-the-right-one"))
    }
}
