import Glibc
import Testing
import Transport

/// What each failure is called, and whether the server may have acted on the request.
@Suite struct FailureTests {
    @Test func refusedConnectionWasNotSent() async throws {
        let port: UInt16
        do {
            let server = try LoopbackServer { _ in }
            port = server.port
            server.stop()
        }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.put, "http://127.0.0.1:\(port)/", body: [1]))
            #expect(error?.reason == .cannotConnect)
            #expect(error?.sent == false)
        }
    }

    @Test func unknownHostWasNotSent() async throws {
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, "http://nowhere.invalid/"))
            #expect(error?.reason == .cannotConnect)
            #expect(error?.sent == false)
        }
    }

    @Test func resetBeforeTheRequestWasReadMayHaveBeenSent() async throws {
        let server = try LoopbackServer { connection in
            connection.awaitBytes()
            connection.resetAtEnd()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.put, server.url, body: [1]))
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
    }

    @Test func resetAfterTheRequestWasReadWasSent() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.resetAtEnd()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.put, server.url, body: [1]))
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        HTTPRequest(.put, "/", body: [1]), HTTPRequest(.post, "/", body: [1]), HTTPRequest(.put, "/"),
        HTTPRequest(.get, "/", headers: [HTTPHeader("Authorization", "OAuth oauth_nonce=\"1\"")]),
    ])
    func sendsNoWriteAndNoNonceTwiceWhenAKeptConnectionDies(_ request: HTTPRequest) async throws {
        let server = try LoopbackServer(answersOnceAndResets)
        defer { server.stop() }
        var request = request
        request.url = server.url
        try await withTransport { transport in
            _ = try await transport.send(request)
            let error = await failure(of: transport, request)
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
        #expect(server.requests.count == 2)
    }

    @Test func readsAgainWhenAKeptConnectionDies() async throws {
        let server = try LoopbackServer(answersOnceAndResets)
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<2 { _ = try await transport.send(HTTPRequest(.get, server.url)) }
        }
        #expect(server.requests.count == 3)
    }

    private let answersOnceAndResets: @Sendable (Connection) -> Void = { connection in
        guard connection.readRequest() != nil else { return }
        connection.answer()
        _ = connection.readRequest()
        connection.resetAtEnd()
    }

    @Test func cleanCloseWithoutAnAnswerIsALostConnection() async throws {
        let server = try LoopbackServer { _ = $0.readRequest() }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.post, server.url))
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
    }

    @Test func truncatedBodyIsALostConnection() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, server.url))
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
    }

    @Test func truncatedChunksAreALostConnection() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, server.url))
            #expect(error?.reason == .connectionLost)
            #expect(error?.sent == true)
        }
    }

    @Test func silentServerTimesOutAndWasSent() async throws {
        let server = try LoopbackServer { $0.hang() }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(
                of: transport, HTTPRequest(.put, server.url, body: [1], timeout: .milliseconds(100)))
            #expect(error?.reason == .timedOut)
            #expect(error?.sent == true)
        }
    }

    @Test func stuckTLSHandshakeTimesOutAndWasNotSent() async throws {
        let server = try LoopbackServer { $0.hang() }
        defer { server.stop() }
        try await withTransport(connectTimeout: .milliseconds(100)) { transport in
            let error = await failure(of: transport, HTTPRequest(.put, "https://127.0.0.1:\(server.port)/", body: [1]))
            #expect(error?.reason == .timedOut)
            #expect(error?.sent == false)
        }
    }

    @Test func resetTLSHandshakeIsNoBadCertificateAndWasNotSent() async throws {
        let server = try LoopbackServer { connection in
            connection.awaitBytes()
            connection.resetAtEnd()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.put, "https://127.0.0.1:\(server.port)/", body: [1]))
            #expect(error?.reason == .cannotConnect)
            #expect(error?.sent == false)
        }
    }

    @Test func garbageIsAMalformedAnswer() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("SSH-2.0-OpenSSH_9.2p1\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, server.url))
            #expect(error?.reason == .malformedAnswer)
            #expect(error?.sent == true)
        }
    }

    @Test func brokenGzipIsAMalformedAnswer() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", ["Content-Encoding: gzip"], Array("not gzip at all".utf8))
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, server.url))
            #expect(error?.reason == .malformedAnswer)
            #expect(error?.sent == true)
        }
    }

    @Test(arguments: [(100, true), (101, false)])
    func limitsTheBody(_ length: Int, _ accepted: Bool) async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.answer("200 OK", [], Array(repeating: 32, count: length))
        }
        defer { server.stop() }
        try await withTransport(maximumBodyBytes: 100) { transport in
            if accepted {
                let response = try await transport.send(HTTPRequest(.get, server.url))
                #expect(response.body.count == length)
            } else {
                let error = await failure(of: transport, HTTPRequest(.get, server.url))
                #expect(error?.reason == .malformedAnswer)
                #expect(error?.sent == true)
            }
        }
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://", "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: 1", "http://user:hunter2@127.0.0.1/",
    ])
    func refusesAURLThatIsNotForHTTP(_ url: String) async throws {
        try await withTransport { transport in
            let error = await failure(of: transport, HTTPRequest(.get, url))
            #expect(error?.reason == .cannotConnect)
            #expect(error?.sent == false)
            #expect(error?.detail.contains("hunter2") == false)
        }
    }

    @Test func refusesAHeaderThatWouldStartAnother() async throws {
        try await withTransport { transport in
            let error = await failure(
                of: transport,
                HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("Authorization", "Bearer hunter2\n")]))
            #expect(error?.sent == false)
            #expect(error?.detail.contains("Authorization") == true)
            #expect(error?.detail.contains("hunter2") == false)
        }
    }

    @Test func errorsRepeatNeitherQueryNorHeaders() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.write("hunter2\r\n\r\n")
        }
        defer { server.stop() }
        try await withTransport(connectTimeout: .milliseconds(200)) { transport in
            for url in [
                server.url, "http://127.0.0.1:1/", "http://nowhere.invalid/", "https://127.0.0.1:\(server.port)/",
            ] {
                let error = await failure(
                    of: transport,
                    HTTPRequest(.get, url + "?key=hunter2", headers: [HTTPHeader("Authorization", "hunter2")]))
                #expect(error?.detail.contains("hunter2") == false)
                #expect(error?.detail.isEmpty == false)
            }
        }
    }
}
