import Synchronization
import Testing
import Triggers

@Suite struct StopTests {
    @Test func stopCutsConnectionsAndWaitsForHandlers() async throws {
        let path = "/hanging/0123456789abcdef0123456789abcdef"
        let hasReturned = Mutex(false)
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let listener = TriggerListener(address: "127.0.0.1", port: 0)
        listener.setRoutes([
            path: { _ in
                enter.finish()
                await untilCancelled()
                hasReturned.withLock { $0 = true }
                return true
            }
        ])
        try await listener.start()
        let port = try #require(listener.port)
        let idle = await offPool { RawClientBox(RawClient(port: port)) }
        async let answer = offPool {
            let client = RawClient(port: port)
            client.send(Bench.post(path: path))
            return client.receive()
        }
        for await _ in entered {}
        await listener.stop()
        #expect(hasReturned.withLock { $0 })
        #expect(listener.port == nil)
        #expect(await answer.isEmpty)
        #expect(await offPool { idle.client.receive() }.isEmpty)
        await listener.stop()
        // The address is free for the next one.
        let next = TriggerListener(address: "127.0.0.1", port: port)
        try await next.start()
        await next.stop()
    }

    @Test func stopBeforeStartIsNothing() async {
        let listener = TriggerListener(address: "127.0.0.1", port: 0)
        await listener.stop()
        await #expect(throws: TriggerListenerError.alreadyStarted) { try await listener.start() }
    }

    @Test func startingAndStoppingKeepsNoDescriptor() async throws {
        let before = Bench.descriptors()
        for _ in 0..<500 {
            try await Bench.run { bench in #expect(await bench.status(Bench.post()) == 200) }
        }
        // Other tests have some of their own at the same time, but not as many.
        #expect(Bench.descriptors() - before < 400)
    }

    /// One that is dropped without `stop` ends by itself.
    @Test func aDroppedListenerEnds() async throws {
        var listener: TriggerListener? = TriggerListener(address: "127.0.0.1", port: 0)
        try await listener?.start()
        let port = try #require(listener?.port)
        let client = await offPool { RawClientBox(RawClient(port: port)) }
        listener = nil
        #expect(await offPool { client.client.receive() }.isEmpty)
    }
}

/// `@unchecked Sendable`: handed from thread to thread, used by one at a time.
private final class RawClientBox: @unchecked Sendable {
    let client: RawClient

    init(_ client: RawClient) {
        self.client = client
    }
}
