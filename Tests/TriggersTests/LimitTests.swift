import Synchronization
import Testing
import Triggers

/// What a client may take, over real sockets.
@Suite struct LimitTests {
    static let limit = TriggerLimits().body

    /// An event of exactly so many bytes.
    static func event(bytes: Int) -> String {
        Bench.event + String(repeating: " ", count: bytes - Bench.event.utf8.count)
    }

    @Test func aBodyOfTheLimitIsRead() async throws {
        try await Bench.run { bench in
            #expect(await bench.status(Bench.post(Self.event(bytes: Self.limit))) == 200)
            let chunked = Bench.chunked(Self.event(bytes: Self.limit), size: 8000)
            #expect(await bench.status(Bench.raw("Transfer-Encoding: chunked", chunked)) == 200)
        }
    }

    @Test(arguments: [
        Bench.post(event(bytes: limit + 1)),
        Bench.raw("Content-Length: 262145"), Bench.raw("Content-Length: 99999999999999999999999999"),
        Bench.raw("Transfer-Encoding: chunked", "40001\r\n"),
        Bench.raw("Transfer-Encoding: chunked", "FFFFFFFF\r\n"),
        Bench.raw("Transfer-Encoding: chunked", "000000001\r\n"),
        Bench.raw("Transfer-Encoding: chunked", Bench.chunked(event(bytes: limit + 1), size: 4000)),
        // Chunks of one byte: more around the data than data.
        Bench.raw("Transfer-Encoding: chunked", Bench.chunked(event(bytes: 20_000), size: 1)),
        Bench.raw("Transfer-Encoding: chunked", "1;" + String(repeating: "x", count: 70_000)),
        Bench.raw("Transfer-Encoding: chunked", "0\r\nA: " + String(repeating: "x", count: 70_000)),
    ])
    func aLargerOneIsNot(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request) == 413)
            #expect(bench.listener.counts == [.tooLarge: 1])
            #expect(bench.recorder.calls.isEmpty)
        }
    }

    @Test(arguments: [
        Bench.raw("X: " + String(repeating: "x", count: 16 << 10)),
        "POST /" + String(repeating: "x", count: 20_000),
        Bench.raw(String(repeating: "X: y\r\n", count: 101) + "Y: z"),
        String(repeating: "P", count: 1 << 20),
        Bench.raw(String(repeating: "X: y\r\n", count: 100_000)),
    ])
    func soAreHeads(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request) == 431)
            #expect(bench.listener.counts == [.tooLarge: 1])
        }
    }

    /// One that goes on sending after its answer is cut, and doesn't keep others waiting.
    @Test func anEndlessRequestEnds() async throws {
        try await Bench.run { bench in
            for start in [Bench.post(), Bench.raw("Content-Length: 999999"), "GET / HTTP/1.0\r\n\r\n"] {
                let isCut = await offPool { [port = bench.port] in
                    let client = RawClient(port: port)
                    client.send(start)
                    let more = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
                    for _ in 0..<64 where !client.send(more) { return true }
                    return false
                }
                #expect(isCut)
            }
            #expect(await bench.status(Bench.post()) == 200)
        }
    }

    @Test(arguments: [
        "", "POST", "POST \(Bench.path) HTTP/1.1\r\nHost: a\r\n", Bench.raw("Content-Length: 100", "{"),
        Bench.raw("Transfer-Encoding: chunked", "5\r\nab"), Bench.raw("Transfer-Encoding: chunked", "0\r\n"),
    ])
    func aSlowRequestIsCut(request: String) async throws {
        var limits = TriggerLimits()
        limits.requestTime = .milliseconds(50)
        try await Bench.run(limits: limits) { bench in
            #expect(await bench.status(request) == 408)
            #expect(bench.listener.counts == [.tooSlow: 1])
            #expect(bench.recorder.calls.isEmpty)
        }
    }

    /// The time is for the whole request: a byte now and then doesn't lengthen it.
    @Test func aTricklingRequestIsCut() async throws {
        var limits = TriggerLimits()
        limits.requestTime = .milliseconds(200)
        try await Bench.run(limits: limits) { bench in
            let status = await offPool { [port = bench.port] in
                let client = RawClient(port: port)
                client.send("POST \(Bench.path) HTTP/1.1\r\nX: ")
                // Until the listener has had enough; its answer ends the trickle.
                while client.isQuiet(for: 5), client.send("x") {}
                return client.status()
            }
            #expect(status == 408)
        }
    }

    @Test(arguments: [
        Bench.raw("Content-Length: 100", "{"), "POST", Bench.raw("Transfer-Encoding: chunked", "5\r\nab"),
    ])
    func aRequestThatEndsEarlyIsForgotten(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request, finishing: true) == nil)
            #expect(bench.listener.counts == [.hungUp: 1])
            #expect(bench.recorder.calls.isEmpty)
        }
    }

    /// Whoever holds all connections keeps nobody out.
    @Test func idleConnectionsMakeRoom() async throws {
        var limits = TriggerLimits()
        limits.connections = 4
        try await Bench.run(limits: limits) { bench in
            let (status, first, held) = await offPool { [port = bench.port] in
                let idle = (0..<40).map { _ in RawClient(port: port) }
                for client in idle { client.send("POST ") }
                let client = RawClient(port: port)
                client.send(Bench.post())
                let status = client.status()
                return (status, idle[0].receive(), bench.sockets)
            }
            #expect(status == 200)
            #expect(first.isEmpty)
            #expect(held <= 1 + 4)
            #expect(bench.listener.counts[.crowdedOut, default: 0] >= 36)
        }
    }

    @Test func aHandlerThatHangsIsNotWaitedForForEver() async throws {
        var limits = TriggerLimits()
        limits.handlerTime = .milliseconds(50)
        limits.connections = 2
        let cancelled = Mutex(0)
        try await Bench.run(limits: limits) { bench in
            let path = "/hanging/0123456789abcdef0123456789abcdef"
            bench.listener.setRoutes([
                Bench.path: bench.recorder.handler,
                path: { _ in
                    await untilCancelled()
                    cancelled.withLock { $0 += 1 }
                    return true
                },
            ])
            for _ in 0..<3 { #expect(await bench.status(Bench.post(path: path)) == 503) }
            // Both handlers that may run hang, so nothing else can be noted: to be sent again.
            #expect(await bench.status(Bench.post()) == 503)
            #expect(await bench.status(Bench.post(path: "/")) == 404)
            #expect(bench.listener.counts == [.notStored: 4, .unknownPath: 1])
        }
        #expect(cancelled.withLock { $0 } == 2)
    }
}
