import CCurl
import Glibc
import Synchronization

/// The sockets of one upload: what its thread and whoever cancels it share.
final class SFTPSockets: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var isCancelled = false
        /// Whether the step under way goes on with the connection of the one before.
        var isReused = false
        /// The errno of the last socket that could not be had; 0: none.
        var failure: Int32 = 0
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock(\.isCancelled) }

    var isReused: Bool { state.withLock(\.isReused) }

    /// Whether a socket could not be had for want of descriptors or memory.
    var isOutOfResources: Bool { [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(state.withLock(\.failure)) }

    /// Whether the server has closed or reset the connection.
    var isHungUp: Bool {
        state.withLock { state in !state.open.isEmpty && state.open.allSatisfy { ccurl_is_hung_up($0) != 0 } }
    }

    /// Ends the upload at once, wherever libcurl waits: it finds the connection closed.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            for socket in state.open { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func startStep() {
        state.withLock { $0.isReused = !$0.open.isEmpty }
    }

    func open(_ address: curl_sockaddr) -> curl_socket_t {
        let descriptor = socket(
            address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.`protocol`)
        state.withLock { state in
            state.isReused = false
            if descriptor < 0 { state.failure = errno } else { state.open.insert(descriptor) }
        }
        return descriptor
    }

    /// Under the lock, so that nobody shuts down what has the descriptor's number next.
    func close(_ descriptor: curl_socket_t) -> Int32 {
        state.withLock { state in
            state.open.remove(descriptor)
            return Glibc.close(descriptor)
        }
    }
}
