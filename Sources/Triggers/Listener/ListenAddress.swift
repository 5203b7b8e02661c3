import Glibc

/// An address of this machine's loopback and a port.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Numeric, without brackets.
    public var address: String
    /// 0: any free port.
    public var port: UInt16

    /// - Parameter address: `127.0.0.1`, `::1` or `localhost`, which is 127.0.0.1 here.
    public init(address: String, port: UInt16) {
        self.address = address.lowercased() == "localhost" ? "127.0.0.1" : address
        self.port = port
    }

    /// Reads `triggers.listen`: `127.0.0.1:8787`, `[::1]:8787` or `localhost:8787`. Nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.init(address: String(host), port: port)
        guard isLoopback else { return nil }
    }

    public var isLoopback: Bool {
        if var address = inet4 { return withUnsafeBytes(of: &address.sin_addr) { $0[0] == 127 } }
        guard var address = inet6 else { return false }
        return withUnsafeBytes(of: &address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    public var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    var inet4: sockaddr_in? {
        var result = sockaddr_in()
        guard inet_pton(AF_INET, address, &result.sin_addr) == 1 else { return nil }
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = port.bigEndian
        return result
    }

    var inet6: sockaddr_in6? {
        var result = sockaddr_in6()
        guard inet_pton(AF_INET6, address, &result.sin6_addr) == 1 else { return nil }
        result.sin6_family = sa_family_t(AF_INET6)
        result.sin6_port = port.bigEndian
        return result
    }
}
