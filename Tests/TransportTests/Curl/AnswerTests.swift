import Testing
import Transport

@Suite struct AnswerTests {
    @Test func deliversStatusHeadersAndBody() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                connection.answer(
                    "207 Multi-Status", ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "X-Empty:"], [1, 0, 255])
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(response.status == 207)
            #expect(response.body == [1, 0, 255])
            #expect(response[header: "date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(response[header: "x-empty"] == "")
            #expect(response[header: "absent"] == nil)
        }
    }

    @Test func sendsTheRequestAsItIsAndLittleElse() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        defer { server.stop() }
        let body = "{\"é\":1}" + String(repeating: " ", count: 3000)
        try await withTransport { transport in
            _ = try await transport.send(
                HTTPRequest(
                    .put, server.url + "v1/./sections/1%2F2?a=1%2C2&a=%20+&b",
                    headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("X-Empty", "")],
                    body: Array(body.utf8)))
            _ = try await transport.send(HTTPRequest(.post, server.url))
        }
        let put = try #require(server.requests.first)
        #expect(put.hasPrefix("PUT /v1/./sections/1%2F2?a=1%2C2&a=%20+&b HTTP/1.1\r\n"))
        #expect(put.hasSuffix("\r\n\r\n" + body))
        #expect(put.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(put.contains("\r\nUser-Agent: attendance-sync/1.2.3\r\n"))
        #expect(put.contains("\r\nContent-Type: application/json\r\n"))
        #expect(put.contains("\r\nContent-Length: \(body.utf8.count)\r\n"))
        #expect(put.contains("\r\nX-Empty:\r\n"))
        #expect(put.contains("\r\nAccept-Encoding: gzip\r\n"))
        #expect(!put.contains("Expect:"))
        let post = try #require(server.requests.last)
        #expect(post.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(post.contains("\r\nContent-Length: 0\r\n"))
        #expect(!post.contains("Content-Type:"))
    }

    @Test func decodesGzip() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                connection.answer("200 OK", ["Content-Encoding: gzip"], Self.gzipped)
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(String(decoding: response.body, as: UTF8.self) == "hello, gzip\n")
        }
    }

    @Test func decodesChunks() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                connection.write(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(response.body == Array("abcde".utf8))
        }
    }

    @Test func doesNotFollowRedirects() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.answer("303 See Other", ["Location: /elsewhere"]) }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(response.status == 303)
            #expect(response[header: "location"] == "/elsewhere")
        }
        #expect(server.requests.count == 1)
    }

    @Test func leavesInterimAnswersOut() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n")
                connection.answer("201 Created", ["X-Final: 1"])
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let response = try await transport.send(HTTPRequest(.get, server.url))
            #expect(response.status == 201)
            #expect(response[header: "x-hint"] == nil)
            #expect(response[header: "x-final"] == "1")
        }
    }

    @Test func keepsAConnectionForTheNextRequest() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<20 { _ = try await transport.send(HTTPRequest(.get, server.url)) }
        }
        #expect(server.connections == 1)
        #expect(server.requests.count == 20)
    }

    @Test func makesAnotherConnectionWhereTheServerClosedTheIdleOne() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("200 OK", ["Connection: close"])
        }
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<3 { _ = try await transport.send(HTTPRequest(.put, server.url, body: [1])) }
        }
        #expect(server.connections == 3)
    }

    @Test func answersTwoHundredRequestsAtOnce() async throws {
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                connection.answer("200 OK", [], Array(request.prefix { $0 != "\r\n" }.utf8))
            }
        }
        defer { server.stop() }
        try await withTransport(maxConnectionsPerHost: 16) { transport in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let response = try await transport.send(HTTPRequest(.get, server.url + "\(number)"))
                        #expect(String(decoding: response.body, as: UTF8.self) == "GET /\(number) HTTP/1.1")
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(server.requests.count == 200)
        #expect(server.connections <= 16)
    }

    /// `printf 'hello, gzip\n' | gzip -n`
    static let gzipped: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7, 0x51, 0x48,
        0xaf, 0xca, 0x2c, 0xe0, 0x02, 0x00, 0x86, 0x1f, 0x82, 0xa4, 0x0c, 0x00, 0x00, 0x00,
    ]
}
