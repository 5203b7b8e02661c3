import SeededRandom
import Testing
import Triggers

/// Bytes that no honest client sends, over real sockets.
@Suite struct HostileTests {
    static let length = "Content-Length: \(Bench.event.utf8.count)"

    @Test(arguments: [
        "\u{0}", Bench.post().replacing("Host", with: "Ho\u{0}st"), "POST /\u{0} HTTP/1.1\r\n",
        Bench.post().replacing("127.0.0.1", with: "a\u{0}b"), "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "\n", "\r\n\r\n",
        "\rX",
        "POST \(Bench.path) HTTP/1.1\nHost: a\n\n", "GET /\r\n\r\n", "POST\r\n\r\n", " POST / HTTP/1.1\r\n\r\n",
        Bench.post().replacing("HTTP/1.1", with: "HTTP/2.0"), Bench.post().replacing("HTTP/1.1", with: "http/1.1"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Bench.post().replacing(" HTTP", with: "  HTTP"),
        Bench.post().replacing("Host: 127.0.0.1\r\n", with: ""), Bench.post().replacing("Host:", with: "Host :"),
        Bench.post(Bench.event, "Host: b\r\n"), Bench.post(Bench.event, "X\r\n"), Bench.post(Bench.event, ": x\r\n"),
        Bench.post(Bench.event, "X: y\r\n folded\r\n"), Bench.post(Bench.event, "X\u{e9}: y\r\n"),
        Bench.post().replacing(Bench.path, with: Bench.path + "\u{e9}"),
        // Two ways to tell the length, or none that is clear: how requests are smuggled.
        Bench.raw("\(length)\r\n\(length)", Bench.event), Bench.raw("\(length)\r\nContent-Length: 0", Bench.event),
        Bench.raw("\(length)\r\nTransfer-Encoding: chunked", Bench.chunked(Bench.event, size: 9)),
        Bench.raw("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Bench.chunked(Bench.event, size: 9)),
        Bench.raw("Transfer-Encoding: gzip, chunked", Bench.chunked(Bench.event, size: 9)),
        Bench.raw("Transfer-Encoding: identity", Bench.event),
        Bench.raw("Transfer-Encoding: chunked", Bench.chunked(Bench.event, size: 9)).replacing("/1.1", with: "/1.0"),
        Bench.raw("Content-Length: -1"), Bench.raw("Content-Length: +5"), Bench.raw("Content-Length: 0x10"),
        Bench.raw("Content-Length: 5, 5"), Bench.raw("Content-Length: "), Bench.raw("Content-Length: ٥"),
        Bench.raw("Transfer-Encoding: chunked", "-1\r\n"), Bench.raw("Transfer-Encoding: chunked", "\r\n"),
        Bench.raw("Transfer-Encoding: chunked", "5\nabcde"), Bench.raw("Transfer-Encoding: chunked", "5\r\nabcdef\r\n"),
        Bench.raw("Transfer-Encoding: chunked", "5\rabcde"), Bench.raw("Transfer-Encoding: chunked", "5\r\nabcde\n0"),
        Bench.raw("Transfer-Encoding: chunked", "0\r\n\u{0}"), Bench.raw("Transfer-Encoding: chunked", "1;\u{0}"),
        Bench.raw("Transfer-Encoding: chunked", "0\r\nX: y\r\r"), Bench.raw("Transfer-Encoding: chunked", "0\r\n\rx"),
        Bench.raw("Transfer-Encoding: chunked", "g\r\n"),
    ])
    func isRefusedAtOnce(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request) == 400)
            #expect(bench.listener.counts == [.malformed: 1])
            #expect(bench.recorder.calls.isEmpty)
        }
    }

    @Test func noAnswerRepeatsWhatWasSent() async throws {
        try await Bench.run { bench in
            for request in [
                Bench.post(), Bench.post("hidden"), Bench.post().replacing("POST", with: "GET"),
                Bench.post(path: "/hidden"), Bench.post(Bench.event, "hidden\r\n"),
            ] {
                let answer = await offPool { [port = bench.port] in
                    let client = RawClient(port: port)
                    client.send(request)
                    return client.receive()
                }
                #expect(answer.hasPrefix("HTTP/1.1 "))
                #expect(!answer.contains("hidden") && !answer.contains("hooks"))
            }
        }
    }

    @Test func aThousandHostileRequestsLeaveNothingBehind() async throws {
        try await Bench.run { bench in
            await offPool { [port = bench.port] in
                var held: [RawClient] = []
                for seed in 0..<1000 as Range<UInt64> {
                    var random = SeededGenerator(seed: seed)
                    let client = RawClient(port: port)
                    for part in Self.request(&random) where !client.send(part) { break }
                    switch Int.random(in: 0..<4, using: &random) {
                    // Left alone for a while, with its request whole or not.
                    case 0: held.append(client)
                    case 1: client.finish()
                    case 2: client.reset()
                    case _: break
                    }
                    if held.count > 100 { held.removeFirst(50) }
                }
            }
            // What got through may still be with its handlers, as many as there may be: then the answer is 503.
            var status = await bench.status(Bench.post())
            for _ in 0..<100 where status == 503 {
                await Task.yield()
                status = await bench.status(Bench.post())
            }
            #expect(status == 200)
            #expect(bench.sockets <= 1 + TriggerLimits().connections)
            // Whatever got through is what a good request says.
            #expect(bench.recorder.calls.allSatisfy { $0.allSatisfy { $0.schoologySection > 0 } })
        }
    }

    /// A good request, cut, doubled, mixed up and sent in pieces.
    private static func request(_ random: inout SeededGenerator) -> [[UInt8]] {
        let good = [
            Bench.post(), Bench.raw("Transfer-Encoding: chunked", Bench.chunked(Bench.event, size: 20)),
            Bench.raw("Expect: 100-continue\r\n\(length)", Bench.event), Bench.raw("Content-Length: 300000"),
        ]
        var bytes = Array(good.randomElement(using: &random)!.utf8)
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 9))
            case 3: bytes.insert(contentsOf: "\r\n".utf8, at: place)
            case _: bytes.insert(contentsOf: [UInt8](repeating: bytes[place], count: 20_000), at: place)
            }
            if bytes.isEmpty { bytes = [0] }
        }
        let cut = Int.random(in: 0...bytes.count, using: &random)
        return [Array(bytes[..<cut]), Array(bytes[cut...])]
    }
}
