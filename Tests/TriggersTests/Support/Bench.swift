import Glibc
import Triggers

/// A listener on a free port with one district behind it.
struct Bench: Sendable {
    static let path = "/hooks/0123456789abcdef0123456789abcdef"
    static let event = """
        {"uid":44012,"timestamp":1358260792,"type":"attendance.update","data":[{"realm":"section",\
        "section_id":364856,"object":{"enrollment_id":206873,"date":"2013-01-20","status":2,"comment":""}}]}
        """

    let listener: TriggerListener
    let recorder: Recorder
    let port: UInt16

    static func run(
        address: String = "127.0.0.1", limits: TriggerLimits = TriggerLimits(), answer: Bool = true,
        _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        let recorder = Recorder(answer: answer)
        let listener = TriggerListener(address: address, port: 0, limits: limits)
        listener.setRoutes([path: recorder.handler])
        try await listener.start()
        do {
            try await body(Bench(listener: listener, recorder: recorder, port: listener.port ?? 0))
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    /// What the listener answers to these bytes.
    func status(_ bytes: some Collection<UInt8> & Sendable, finishing: Bool = false) async -> Int? {
        await offPool { [port] in
            let client = RawClient(port: port)
            client.send(bytes)
            if finishing { client.finish() }
            return client.status()
        }
    }

    func status(_ request: String, finishing: Bool = false) async -> Int? {
        await status(Array(request.utf8), finishing: finishing)
    }

    /// A POST as nginx passes it on.
    static func post(_ body: String = event, path: String = path, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    /// A POST with these fields instead of a length, and this after the empty line.
    static func raw(_ fields: String, _ rest: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n\r\n\(rest)"
    }

    static func chunked(_ body: String, size: Int) -> String {
        var text = ""
        var rest = body[...]
        while !rest.isEmpty {
            let part = rest.prefix(size)
            text += "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n"
            rest = rest.dropFirst(size)
        }
        return text + "0\r\n\r\n"
    }

    /// How many sockets this process has at the listener's port: its own and its connections', not their clients'.
    var sockets: Int {
        (0..<4096 as Range<Int32>).count { descriptor in
            var address = sockaddr_in6()
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            return withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &length) == 0
                        && [AF_INET, AF_INET6].contains(Int32($0.pointee.sa_family))
                }
            } && UInt16(bigEndian: address.sin6_port) == port
        }
    }

    /// How many descriptors this process has open.
    static func descriptors() -> Int {
        (0..<4096).count { fcntl($0, F_GETFD) >= 0 }
    }
}
