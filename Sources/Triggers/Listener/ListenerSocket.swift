import Glibc

/// The system calls, none of which blocks.
enum ListenerSocket {
    enum Received {
        case bytes([UInt8])
        case nothingYet
        case end
    }

    static func open(_ address: ListenAddress) throws(TriggerListenerError) -> (descriptor: Int32, port: UInt16) {
        guard address.isLoopback else { throw .notLoopback(address) }
        let isIPv4 = address.inet4 != nil
        let descriptor = socket(isIPv4 ? AF_INET : AF_INET6, kind, 0)
        guard descriptor >= 0 else { throw error(address) }
        var isOn: Int32 = 1
        // A restart must not wait for the last connections' TIME_WAIT.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        let isBound = isIPv4 ? bind(descriptor, address.inet4) : bind(descriptor, address.inet6)
        guard isBound, listen(descriptor, 128) == 0 else {
            let problem = error(address)
            close(descriptor)
            throw problem
        }
        var bound = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &bound) { pointer in
            // The port is at the same place for both families.
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return (descriptor, UInt16(bigEndian: bound.sin6_port))
    }

    private static func bind<Address>(_ descriptor: Int32, _ address: Address?) -> Bool {
        guard var address else { return false }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }

    private static func error(_ address: ListenAddress) -> TriggerListenerError {
        switch errno {
        case EADDRINUSE: .addressInUse(address)
        case EACCES, EPERM: .notPermitted(address)
        case EADDRNOTAVAIL, EAFNOSUPPORT: .noSuchAddress(address)
        case let code: .failed(address, reason: String(cString: strerror(code)))
        }
    }

    /// Nil when there is none; `errno` says why.
    static func accept(_ descriptor: Int32) -> Int32? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return accepted
    }

    /// Two ends of a pipe by which a thread is woken; nil when there is no descriptor left.
    static func pair() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        return socketpair(AF_UNIX, kind, 0, &ends) == 0 ? (ends[0], ends[1]) : nil
    }

    private static let kind =
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    static func receive(_ descriptor: Int32) -> Received {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16 << 10) { buffer, filled in
            repeat { count = recv(descriptor, buffer.baseAddress, buffer.count, 0) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        if count > 0 { return .bytes(bytes) }
        return count < 0 && errno == EAGAIN ? .nothingYet : .end
    }

    /// What is left to send; nil when the client is gone. A client that hangs up raises no SIGPIPE.
    static func send(_ bytes: [UInt8], to descriptor: Int32) -> [UInt8]? {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? bytes : nil }
        return Array(bytes.dropFirst(count))
    }
}
