#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ports of 127.0.0.1.
public enum LoopbackPort {
    /// One that nobody listens on at this moment. Below those that a system hands out by itself (from 32768 on Linux,
    /// 49152 elsewhere), so that no connection of somebody else's has it in the next.
    public static func free() throws(OpenSSHError) -> Int {
        for _ in 0..<100 {
            let port = UInt16.random(in: 10_000..<32_000)
            if try canBind(port) { return Int(port) }
        }
        throw OpenSSHError("no free port: \(String(cString: strerror(errno)))")
    }

    private static func canBind(_ port: UInt16) throws(OpenSSHError) -> Bool {
        #if canImport(Glibc)
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            let probe = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard probe >= 0 else { throw OpenSSHError("no socket: \(String(cString: strerror(errno)))") }
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
