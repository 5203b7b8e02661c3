import Glibc
import Synchronization
import Testing
import Transport

/// Cancellation, shutdown, and what is left behind.
@Suite struct LifeCycleTests {
    @Test func cancelledTaskEndsItsRequestAtOnce() async throws {
        let arrived = Signal()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.set()
            connection.hang()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let task = Task { await failure(of: transport, HTTPRequest(.put, server.url, body: [1])) }
            await arrived.wait()
            task.cancel()
            let error = await task.value
            #expect(error?.reason == .cancelled)
            #expect(error?.sent == true)
        }
    }

    @Test func requestOfACancelledTaskIsNeverSent() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.answer() }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let error = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure(of: transport, HTTPRequest(.put, server.url, body: [1]))
            }.value
            #expect(error?.reason == .cancelled)
            #expect(error?.sent == false)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func requestThatWaitsForAConnectionWasNotSent() async throws {
        let arrived = Signal()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.set()
            connection.hang()
        }
        defer { server.stop() }
        try await withTransport(maxConnectionsPerHost: 1) { transport in
            let first = Task { await failure(of: transport, HTTPRequest(.get, server.url)) }
            await arrived.wait()
            let error = await failure(of: transport, HTTPRequest(.put, server.url, timeout: .milliseconds(50)))
            #expect(error?.reason == .timedOut)
            #expect(error?.sent == false)
            first.cancel()
            _ = await first.value
        }
        #expect(server.connections == 1)
    }

    @Test func shutdownLetsARequestInFlightFinish() async throws {
        let arrived = Signal()
        let release = Signal()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.set()
            release.block()
            connection.answer()
        }
        defer { server.stop() }
        let loop = try CurlLoop()
        let transport = CurlTransport(loop: loop)
        async let response = transport.send(HTTPRequest(.get, server.url))
        await arrived.wait()
        async let ended: Void = loop.shutdown(grace: .seconds(60))
        // New requests are refused from then on.
        while true {
            guard let error = await failureOrNil(transport, HTTPRequest(.get, "http://127.0.0.1:1/")) else { continue }
            if error.reason == .cancelled { break }
        }
        release.set()
        let status = try await response.status
        #expect(status == 200)
        await ended
        await loop.shutdown()
    }

    @Test func shutdownCancelsWhatOutlivesItsGrace() async throws {
        let arrived = Signal()
        let server = try LoopbackServer { connection in
            _ = connection.readRequest()
            arrived.set()
            connection.hang()
        }
        defer { server.stop() }
        let loop = try CurlLoop()
        let transport = CurlTransport(loop: loop)
        let task = Task { await failure(of: transport, HTTPRequest(.get, server.url)) }
        await arrived.wait()
        await loop.shutdown(grace: .milliseconds(20))
        let error = await task.value
        #expect(error?.reason == .cancelled)
        #expect(error?.sent == true)
        let late = await failure(of: transport, HTTPRequest(.get, server.url))
        #expect(late?.reason == .cancelled)
        #expect(late?.sent == false)
    }

    private func failureOrNil(_ transport: CurlTransport, _ request: HTTPRequest) async -> TransportError? {
        do {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }
}
