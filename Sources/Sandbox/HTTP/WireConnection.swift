import FlyingSocks
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One client's connection: requests in, answers out, until either side has had enough.
///
/// FlyingFox's own server can neither reset a connection nor send less than it promised, which is half of what
/// a sandbox is for; so this speaks HTTP/1.1 over FlyingSocks.
struct WireConnection {
    let socket: AsyncSocket
    let handler: @Sendable (WireRequest) -> WireReply

    /// Serves the connection and closes it.
    func serve() async {
        var ending = WireReply.Ending.close
        do {
            ending = try await exchange()
        } catch {
            // The client left, or the server is being stopped: both end the connection and nothing else.
            ending = .close
        }
        if ending == .reset { resetOnClose() }
        try? socket.close()
    }

    private func exchange() async throws -> WireReply.Ending {
        var parser = RequestParser()
        while true {
            let request: WireRequest?
            do {
                request = try parser.next()
            } catch {
                try await send(Self.refusal(for: error), closing: true)
                return .close
            }
            guard let request else {
                if parser.expectsContinue {
                    parser.continued()
                    try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
                }
                parser.append(try await socket.read(atMost: 64 << 10))
                continue
            }
            let reply = handler(request)
            if reply.delay > 0 { try await Task.sleep(for: .milliseconds(reply.delay)) }
            let closing = reply.ending != .keepAlive || request.headers["connection"]?.lowercased() == "close"
            if reply.isSent { try await send(reply, closing: closing) }
            if closing { return reply.ending == .keepAlive ? .close : reply.ending }
        }
    }

    private func send(_ reply: WireReply, closing: Bool) async throws {
        try await socket.write(Data(reply.serialized(closing: closing)))
    }

    /// Makes `close` send a reset instead of an orderly end: SO_LINGER of zero seconds (socket(7)).
    private func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket.socket.file.rawValue, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func refusal(for failure: RequestParser.Failure) -> WireReply {
        switch failure {
        case .headTooLarge: .text("request head too large", status: 431)
        case .bodyTooLarge: .text("request body too large", status: 413)
        case .malformed: .text("malformed request", status: 400)
        case .lengthRequired: .text("a body needs Content-Length", status: 411)
        }
    }
}
