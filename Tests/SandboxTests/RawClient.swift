import Foundation

@testable import Sandbox

/// Sends bytes over a socket of its own and reads until the server is done: sees what a proper client hides.
enum RawClient {
    /// One exchange on a new connection. It blocks, so it has a thread of its own.
    static func exchange(_ request: [UInt8], with baseURL: String) async -> [UInt8] {
        await connect(request, baseURL).bytes
    }

    static func answer(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = [], from baseURL: String
    ) async -> HTTPAnswer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host(baseURL))\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        let (bytes, wasReset) = await connect(Array("\(head)\r\n".utf8) + body, baseURL)
        return HTTPAnswer(bytes, wasReset: wasReset)
    }

    static func host(_ baseURL: String) -> String {
        String(baseURL.dropFirst("http://".count))
    }

    private static func connect(_ request: [UInt8], _ baseURL: String) async -> (bytes: [UInt8], wasReset: Bool) {
        let port = UInt16(baseURL.split(separator: ":").last ?? "") ?? 0
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: exchange(request, port: port))
            }
        }
    }

    private static func exchange(_ request: [UInt8], port: UInt16) -> (bytes: [UInt8], wasReset: Bool) {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return ([], true) }
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(file, $0.baseAddress! + sent, request.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(file, &buffer, buffer.count, 0)
            if count <= 0 { return (bytes, count < 0) }
            bytes += buffer[..<count]
        }
    }
}
