import FlyingFox
import FlyingSocks
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A listening socket on the loopback address and the connections it accepted.
final class WireServer: Sendable {
    /// `http://127.0.0.1:<port>`.
    let baseURL: String
    private let listener: AsyncSocket
    private let handler: @Sendable (WireRequest) -> WireReply

    /// What waits for the sockets of every server of this process. One for all: each that runs keeps a thread of
    /// libdispatch's, which gives out 255, and hundreds of sandboxes may be up at a time in tests.
    static var pool: any AsyncSocketPool {
        get async throws { try await runningPool.value }
    }

    private static let runningPool = Task<any AsyncSocketPool, any Error> {
        let pool = HTTPServer.defaultPool()
        try await pool.prepare()
        Task { try await pool.run() }
        return pool
    }

    /// Binds; connections wait in the backlog until `serve` runs. Port 0 takes any free port.
    init(
        port: UInt16, pool: some AsyncSocketPool, handler: @escaping @Sendable (WireRequest) -> WireReply
    ) throws {
        let socket = try Socket(domain: AF_INET, type: .stream)
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: .inet(ip4: "127.0.0.1", port: port))
            try socket.listen()
            guard case .ip4(_, let bound) = try socket.sockname() else { throw SocketError.unsupportedAddress }
            baseURL = "http://127.0.0.1:\(bound)"
            listener = try AsyncSocket(socket: socket, pool: pool)
        } catch {
            try? socket.close()
            throw error
        }
        self.handler = handler
    }

    /// Accepts and serves until the task is cancelled; every connection is closed by then.
    func serve() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                guard let socket = try? await listener.accept() else { break }
                noDelay(socket)
                let connection = WireConnection(socket: socket, handler: handler)
                group.addTask { await connection.serve() }
            }
            group.cancelAll()
        }
        try? listener.close()
    }

    /// Answers are written whole: waiting to fill a segment would only add latency.
    private func noDelay(_ socket: AsyncSocket) {
        var on: Int32 = 1
        setsockopt(
            socket.socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
