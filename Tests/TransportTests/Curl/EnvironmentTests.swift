import Glibc
import Testing
import Transport

/// What depends on the whole process is tried in one of its own.
@Suite struct EnvironmentTests {
    @Test func runningOutOfDescriptorsIsNotTheServersFault() async {
        await #expect(processExitsWith: .success) {
            let loop = try CurlLoop()
            let transport = CurlTransport(loop: loop)
            for url in ["http://127.0.0.1:1/", "http://nowhere.invalid/", "https://127.0.0.1:1/"] {
                var taken: [Int32] = []
                while case let descriptor = open("/dev/null", O_RDONLY), descriptor >= 0 { taken.append(descriptor) }
                let error = await failure(of: transport, HTTPRequest(.put, url, body: [1]))
                for descriptor in taken { close(descriptor) }
                #expect(error?.reason == .resources)
                #expect(error?.sent == false)
            }
            await loop.shutdown()
        }
    }

    @Test func neverAsksALoopbackHostThroughAProxy() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "https_proxy", "all_proxy"] { setenv(name, "http://127.0.0.1:1", 1) }
            let server = try LoopbackServer { connection in
                while connection.readRequest() != nil { connection.answer() }
            }
            try await withTransport { transport in
                for host in ["127.0.0.1", "localhost"] {
                    let response = try await transport.send(HTTPRequest(.get, "http://\(host):\(server.port)/"))
                    #expect(response.status == 200)
                }
                let error = await failure(of: transport, HTTPRequest(.get, "http://nowhere.invalid/"))
                #expect(error?.detail.contains("127.0.0.1 port 1") == true)
            }
        }
    }

    @Test func survivesAPeerThatHangsUpWhileItSends() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopbackServer { connection in
                connection.awaitBytes()
                connection.resetAtEnd()
            }
            try await withTransport { transport in
                for _ in 0..<20 {
                    let error = await failure(
                        of: transport, HTTPRequest(.put, server.url, body: Array(repeating: 1, count: 1 << 20)))
                    #expect(error?.sent == true)
                }
            }
        }
    }

    @Test func leavesNoDescriptorBehind() async {
        await #expect(processExitsWith: .success) {
            let server = try LoopbackServer { connection in
                while let request = connection.readRequest() {
                    if request.hasPrefix("GET /reset") { return connection.resetAtEnd() }
                    connection.answer()
                }
            }
            func round() async throws {
                try await withTransport { transport in
                    for path in ["", "reset", ""] {
                        _ = try? await transport.send(HTTPRequest(.get, server.url + path))
                    }
                }
            }
            try await round()
            let before = descriptors()
            for _ in 0..<100 { try await round() }
            // The last few may still be closing at the server; a leak leaves a hundred of each kind.
            #expect(descriptors() < before + 20)
        }
    }
}

private func descriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
