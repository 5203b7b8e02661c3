import Glibc

/// A client that sends whatever bytes it likes. Blocks; use it within ``offPool(_:)``.
final class RawClient {
    let descriptor: Int32

    init(port: UInt16, isIPv6: Bool = false) {
        descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0)
        // Only so that a broken listener fails a test instead of hanging it.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if isIPv6 {
            connect(sockaddr_in6(port, in6addr_loopback))
        } else {
            connect(sockaddr_in(port, in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)))
        }
    }

    deinit { close(descriptor) }

    private func connect<Address>(_ address: Address) {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    /// False when the listener has hung up.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest.removeFirst(count)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(text.utf8) }

    /// No more is sent; answers are still read.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What has arrived until `end` has, or the listener hung up.
    func receive(until end: String? = nil) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while end.map({ !bytes.ends(with: $0) }) ?? true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The status of the one answer there is; nil when the listener hung up without one.
    func status() -> Int? {
        Int(receive().split(separator: " ").dropFirst().first ?? "")
    }
}

extension Array<UInt8> {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

extension sockaddr_in {
    fileprivate init(_ port: UInt16, _ address: in_addr) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = port.bigEndian
        sin_addr = address
    }
}

extension sockaddr_in6 {
    fileprivate init(_ port: UInt16, _ address: in6_addr) {
        self.init()
        sin6_family = sa_family_t(AF_INET6)
        sin6_port = port.bigEndian
        sin6_addr = address
    }
}

extension RawClient {
    /// Waits so many milliseconds for an answer. True: there is none yet.
    func isQuiet(for milliseconds: Int32) -> Bool {
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptors, 1, milliseconds) == 0
    }
}

extension RawClient {
    /// The connection ends with a reset when this client goes.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }
}
