import Testing
import Transport
import TestServers

/// HTTP/2 where TLS offers it. Needs nginx, which Debian has and a build machine may not: skipped without.
@Suite(.enabled(if: NginxServer.isInstalled, "nginx is not installed: apt-get install nginx-light"))
struct HTTP2Tests {
    @Test func speaksHTTP2AndSharesAConnection() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let upstream = try LoopbackServer { connection in
            guard let request = connection.readRequest() else { return }
            let line = request.prefix { !$0.isNewline }
            connection.answer(
                "200 OK", [], Array("\(line) \(request.utf8.filter { $0 == UInt8(ascii: "~") }.count)".utf8))
        }
        defer { upstream.stop() }
        let server = try NginxServer(
            certificates, "server",
            location: """
                add_header X-Connection $connection; add_header X-Protocol $server_protocol;
                proxy_set_header Accept-Encoding ""; proxy_pass \(upstream.url);
                """)
        try await withTransport(caFile: certificates.authority) { transport in
            let first = try await untilListening(transport, server.url)
            let connection = first[header: "x-connection"]
            #expect(first[header: "x-protocol"] == "HTTP/2.0")
            #expect(first[header: "content-encoding"] == "gzip")
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask {
                        let method = number % 2 == 0 ? HTTPRequest.Method.put : .get
                        let length = method == .put ? number * 1000 : 0
                        let response = try await transport.send(
                            HTTPRequest(
                                method, server.url + "\(number)",
                                body: method == .put ? Array(repeating: UInt8(ascii: "~"), count: length) : nil))
                        let text = String(decoding: response.body, as: UTF8.self)
                        #expect(text == "\(method.rawValue) /\(number) HTTP/1.0 \(length)")
                        #expect(response[header: "x-connection"] == connection)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// libcurl 7.88 left all of them asleep until a timer fired, ten seconds later, in one run out of four.
    @Test(arguments: [(4, 10), (4, 1000), (50, 100), (50, 1000)])
    func leavesNoRequestAsleep(_ inFlight: Int, _ perConnection: Int) async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let server = try NginxServer(
            certificates, "server", settings: "keepalive_requests \(perConnection);",
            location: "add_header X-Connection $connection; return 200;")
        try await withTransport(caFile: certificates.authority) { transport in
            _ = try await untilListening(transport, server.url)
            let connections = try await withThrowingTaskGroup(of: [String?].self) { group in
                for _ in 0..<inFlight {
                    group.addTask {
                        var connections: [String?] = []
                        for _ in 0..<400 / inFlight {
                            do throws(TransportError) {
                                let response = try await transport.send(
                                    HTTPRequest(.get, server.url, timeout: .seconds(8)))
                                connections.append(response[header: "x-connection"])
                            } catch {
                                // nginx may end a connection as the request arrives; one left asleep times out.
                                #expect(error.reason == .connectionLost)
                            }
                        }
                        return connections
                    }
                }
                return try await group.reduce(into: Set()) { $0.formUnion($1) }
            }
            #expect(connections.count >= (400 / perConnection) / 2)
        }
    }

    @Test func cancelsOneStreamAndKeepsTheOthers() async throws {
        let certificates = try Certificates()
        try certificates.issue("server", for: "IP:127.0.0.1")
        let silent = try LoopbackServer { connection in
            _ = connection.readRequest()
            connection.hang()
        }
        defer { silent.stop() }
        let server = try NginxServer(
            certificates, "server",
            location: "if ($uri = /fast) { return 204; } proxy_pass \(silent.url);")
        try await withTransport(caFile: certificates.authority) { transport in
            _ = try await untilListening(transport, server.url + "fast")
            let error = await failure(
                of: transport, HTTPRequest(.put, server.url + "slow", body: [1], timeout: .milliseconds(200)))
            #expect(error?.reason == .timedOut)
            #expect(error?.sent == true)
            let response = try await transport.send(HTTPRequest(.get, server.url + "fast"))
            #expect(response.status == 204)
        }
    }

    /// nginx takes a moment to listen; a refused connection takes none.
    private func untilListening(_ transport: CurlTransport, _ url: String) async throws -> HTTPResponse {
        for _ in 0..<2000 {
            do {
                return try await transport.send(HTTPRequest(.get, url))
            } catch {
                guard error.reason == .cannotConnect else { throw error }
                await Task.yield()
            }
        }
        return try await transport.send(HTTPRequest(.get, url))
    }
}
