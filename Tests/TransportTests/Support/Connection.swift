import Glibc

/// One accepted connection of a `LoopbackServer`, used by its own thread alone.
final class Connection {
    /// 0 for the server's first.
    let index: Int
    let descriptor: Int32
    private let report: (String) -> Void
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32, _ index: Int, report: @escaping (String) -> Void) {
        self.descriptor = descriptor
        self.index = index
        self.report = report
    }

    /// The next whole request, head and body; nil when the client has closed.
    func readRequest() -> String? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let total = end.upperBound + contentLength(of: buffer[..<end.lowerBound])
                if buffer.count >= total {
                    let request = String(decoding: buffer[..<total], as: UTF8.self)
                    buffer.removeFirst(total)
                    report(request)
                    return request
                }
            }
            guard receive() else { return nil }
        }
    }

    private func contentLength(of head: ArraySlice<UInt8>) -> Int {
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":")
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }) ?? 0
        }
        return 0
    }

    /// Waits until something has arrived, and leaves it unread.
    func awaitBytes() {
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&descriptors, 1, -1)
    }

    /// Waits until the client goes away.
    func hang() { while receive() {} }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        let noSignal = Int32(MSG_NOSIGNAL)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, $0.count - sent, noSignal)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func answer(_ status: String = "200 OK", _ headers: [String] = [], _ body: [UInt8] = Array("{}".utf8)) {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.count)", "", ""]
        write(Array(lines.joined(separator: "\r\n").utf8) + body)
    }

    /// The client sees "connection reset by peer" when the connection ends.
    func resetAtEnd() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    func end() { close(descriptor) }

    private func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}
