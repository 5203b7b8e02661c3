import Glibc
import Synchronization

/// A TCP server on 127.0.0.1 that does to each connection what a closure says: the misbehaviour under test is
/// written out byte by byte, where an HTTP library would tidy it up.
final class LoopbackServer: Sendable {
    struct Seen {
        var connections = 0
        /// Request heads and bodies as they were read whole, over all connections.
        var requests: [String] = []
    }

    let port: UInt16
    private let listener: Int32
    private let seen = Mutex(Seen())

    /// `handle` runs on a thread for each connection; the connection is closed when it returns.
    init(_ handle: @escaping @Sendable (Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 512) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw SystemError(errno) }
        port = UInt16(bigEndian: address.sin_port)
        Self.startThread { [self] in accept(handle) }
    }

    deinit { close(listener) }

    var url: String { "http://127.0.0.1:\(port)/" }
    var connections: Int { seen.withLock(\.connections) }
    var requests: [String] { seen.withLock(\.requests) }

    /// Ends the thread that accepts.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept(_ handle: @escaping @Sendable (Connection) -> Void) {
        while case let descriptor = Glibc.accept(listener, nil, nil), descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let index = seen.withLock { seen in
                seen.connections += 1
                return seen.connections - 1
            }
            Self.startThread { [self] in
                let connection = Connection(descriptor, index) { request in
                    self.seen.withLock { $0.requests.append(request) }
                }
                handle(connection)
                connection.end()
            }
        }
    }

    struct SystemError: Error {
        let code: Int32
        init(_ code: Int32) { self.code = code }
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Body {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 256 << 10)
        let failure = pthread_create(
            &thread, &attributes,
            { context in
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(Body(body)).toOpaque())
        precondition(failure == 0)
        pthread_attr_destroy(&attributes)
        pthread_detach(thread)
    }
}
