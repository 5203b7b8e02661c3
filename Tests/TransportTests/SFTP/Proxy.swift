import Glibc

/// Passes one connection on to a server of 127.0.0.1, until it is told to end or to hold it.
final class Proxy: Sendable {
    enum Verdict {
        case pass
        /// Both ends are reset.
        case cut
        /// Not a byte more, either way, until the client closes.
        case hold
    }

    private let server: LoopbackServer

    /// `judge` is asked before bytes of the client go on: with the number of those that went before, and of these.
    init(to port: Int, _ judge: @escaping @Sendable (_ before: Int, _ now: Int) -> Verdict) throws {
        server = try LoopbackServer { connection in
            let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(upstream) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            address.sin_port = UInt16(port).bigEndian
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isConnected { Self.pass(connection, upstream, judge) }
        }
    }

    var port: Int { Int(server.port) }
    var connections: Int { server.connections }

    func stop() { server.stop() }

    private static func pass(
        _ connection: Connection, _ upstream: Int32, _ judge: (_ before: Int, _ now: Int) -> Verdict
    ) {
        var before = 0
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            var entries = [connection.descriptor, upstream].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, 2, -1) > 0 else { return }
            if entries[1].revents != 0 {
                let count = recv(upstream, &chunk, chunk.count, 0)
                guard count > 0 else { return }
                connection.write(Array(chunk[..<count]))
            }
            guard entries[0].revents != 0 else { continue }
            let count = recv(connection.descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            switch judge(before, count) {
            case .pass: break
            case .cut: return connection.resetAtEnd()
            case .hold: return connection.hang()
            }
            before += count
            var sent = 0
            while sent < count {
                let more = chunk.withUnsafeBytes {
                    send(upstream, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
    }
}
