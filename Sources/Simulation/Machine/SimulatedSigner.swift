import AttendanceCore
import Sandbox
import SyncEngine
import Transport

/// Signs by the machine's clock, with nonces that repeat from run to run and never within one.
struct SimulatedSigner: RequestSigner {
    /// Go on from one start of the machine to the next.
    ///
    /// `@unchecked Sendable`: used by the simulation's one thread.
    final class Nonces: @unchecked Sendable {
        private var count: UInt64 = 0

        func next() -> String {
            count += 1
            return "n\(count)"
        }
    }

    private let signer: OAuthSigner

    init(
        _ sandbox: LocalSandbox, _ method: SignatureMethod, store: any TimestampStore, clock: any EngineClock,
        nonces: Nonces
    ) {
        signer = OAuthSigner(
            consumerKey: sandbox.settings.consumerKey, consumerSecret: sandbox.settings.consumerSecret,
            method: method == .plaintext ? .plaintext : .hmacSHA1, store: store, now: { clock.now().seconds },
            randomNonce: { nonces.next() })
    }

    func authorization(for request: HTTPRequest) throws -> HTTPHeader { try signer.authorization(for: request) }

    func learn(serverDate: String) { signer.learn(serverDate: serverDate) }
}
