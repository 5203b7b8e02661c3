import Synchronization

@testable import Sandbox

/// Someone who has subscribed to `attendance`, on a free port of the loopback address.
final class TriggerListener: Sendable {
    let url: String
    private let mail: Mailbox
    private let service: Task<Void, Never>

    private final class Mailbox: Sendable {
        let statuses: Mutex<[Int]>
        let received = Mutex<[WireRequest]>([])

        init(_ statuses: [Int]) {
            self.statuses = Mutex(statuses)
        }

        func answer(_ request: WireRequest) -> WireReply {
            received.withLock { $0.append(request) }
            let status = statuses.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            var reply = WireReply(status: status)
            if status == 0 {
                reply.isSent = false
                reply.ending = .reset
            }
            return reply
        }
    }

    /// Answers with those statuses in turn, with the last one for ever; 0: the connection is reset.
    init(_ statuses: [Int] = [200]) async throws {
        let mail = Mailbox(statuses)
        self.mail = mail
        let server = try WireServer(port: 0, pool: await WireServer.pool) { mail.answer($0) }
        url = "\(server.baseURL)/hooks/secret?a=1"
        service = Task { await server.serve() }
    }

    deinit {
        service.cancel()
    }

    var received: [WireRequest] { mail.received.withLock { $0 } }
}
