import Foundation
import Glibc
import Synchronization

/// Passes connections on to a server of 127.0.0.1, and can stop doing so after a number of the client's messages.
final class SFTPWedge: Sendable {
    private struct State {
        var left: Int?
        var isHeld = false
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(to target: Int) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while case let client = accept(descriptor, nil, nil), client >= 0 {
                guard let self, let server = Self.connect(to: target) else {
                    close(client)
                    continue
                }
                self.serve(client, server)
            }
        }
    }

    deinit { stop() }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// The client's messages from the `number`th on are held back, until it goes; nil: all go through.
    func hold(from number: Int?) {
        state.withLock { $0 = State(left: number.map { $0 - 1 }) }
    }

    var isHeld: Bool { state.withLock(\.isHeld) }

    /// One thread each way; both ends are closed when both are done.
    private func serve(_ client: Int32, _ server: Int32) {
        let ends = Ends()
        for (from, to, isClients) in [(client, server, true), (server, client, false)] {
            Thread.detachNewThread { [weak self] in
                var chunk = [UInt8](repeating: 0, count: 16384)
                while case let count = recv(from, &chunk, chunk.count, 0), count > 0 {
                    if isClients, self?.mayPass() != true { continue }
                    guard send(to, chunk, count, Int32(MSG_NOSIGNAL)) == count else { break }
                }
                shutdown(from, Int32(SHUT_RDWR))
                shutdown(to, Int32(SHUT_RDWR))
                guard ends.isLast() else { return }
                close(client)
                close(server)
            }
        }
    }

    private func mayPass() -> Bool {
        state.withLock { state in
            guard let left = state.left else { return true }
            guard left > 0 else {
                state.isHeld = true
                return false
            }
            state.left = left - 1
            return true
        }
    }

    /// How many of a connection's two directions are still under way.
    private final class Ends: Sendable {
        private let open = Mutex(2)

        func isLast() -> Bool {
            open.withLock { open in
                open -= 1
                return open == 0
            }
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    private static func connect(to port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = address(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
