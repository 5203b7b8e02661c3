import Testing

@testable import Sandbox

@Suite struct ConnectionTests {
    @Test func answersSeveralRequestsOnOneConnection() async throws {
        let bench = try await Bench()
        let head = "Host: x\r\nAuthorization: Bearer \(bench.sandbox.settings.cleverToken)\r\n"
        let bytes = await RawClient.exchange(
            Array(
                """
                GET /v3.1/districts HTTP/1.1\r\n\(head)\r\nGET /v3.1/terms HTTP/1.1\r\n\(head)Connection: close\r\n\r\n
                """.utf8), with: bench.sandbox.cleverURL)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "HTTP/1.1 200 OK", omittingEmptySubsequences: false).count == 3)
        #expect(bench.sandbox.requests.map(\.path) == ["/v3.1/districts", "/v3.1/terms"])
    }

    @Test(arguments: [
        ("nonsense\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        ("PUT / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        ("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ])
    func refusesWhatIsNoRequest(request: String, status: Int) async throws {
        let bench = try await Bench(students: 4)
        let bytes = await RawClient.exchange(Array(request.utf8), with: bench.sandbox.cleverURL)
        #expect(String(decoding: bytes.prefix(12), as: UTF8.self) == "HTTP/1.1 \(status)")
    }

    @Test func refusesAHeadWithoutEnd() async throws {
        let bench = try await Bench(students: 4)
        let bytes = await RawClient.exchange(
            Array("GET /\(String(repeating: "a", count: 70_000))".utf8), with: bench.sandbox.cleverURL)
        #expect(String(decoding: bytes.prefix(12), as: UTF8.self) == "HTTP/1.1 431")
    }

    @Test func saysContinueToAClientThatWaitsForIt() async throws {
        let bench = try await Bench(students: 4)
        let bytes = await RawClient.exchange(
            Array(
                "PUT /v1/x HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}".utf8),
            with: bench.sandbox.schoologyURL)
        #expect(String(decoding: bytes, as: UTF8.self).contains("401 Unauthorized"))
    }

    @Test func closesItsPortsWhenStopped() async throws {
        let bench = try await Bench(students: 4)
        #expect(await bench.clever("/v3.1/districts").status == 200)
        await bench.sandbox.stop()
        #expect(await bench.clever("/v3.1/districts").status == nil)
    }
}
