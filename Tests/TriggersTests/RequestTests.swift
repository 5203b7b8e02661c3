import AttendanceCore
import Testing
import Triggers

/// What is answered to requests of every kind, over real sockets.
@Suite struct RequestTests {
    @Test func anEventIsHandedOnAndAnswered() async throws {
        try await Bench.run { bench in
            #expect(await bench.status(Bench.post()) == 200)
            #expect(bench.recorder.calls == [[TriggerEventTests.one]])
            #expect(bench.listener.counts == [.stored: 1])
        }
    }

    @Test func whatCouldNotBeNotedIsToBeSentAgain() async throws {
        try await Bench.run(answer: false) { bench in
            #expect(await bench.status(Bench.post()) == 503)
            #expect(bench.recorder.calls.count == 1)
            #expect(bench.listener.counts == [.notStored: 1])
        }
    }

    @Test func otherEventsAreAnsweredAndNothingElse() async throws {
        try await Bench.run { bench in
            let other = Bench.event.replacing("attendance.update", with: "course.update")
            #expect(await bench.status(Bench.post(other)) == 200)
            #expect(bench.recorder.calls.isEmpty)
            #expect(bench.listener.counts == [.nothingToDo: 1])
        }
    }

    @Test(arguments: [
        "/", "/hooks", Bench.path + "0", String(Bench.path.dropLast()), Bench.path.uppercased(), Bench.path + "/",
        "/" + Bench.path, "http://127.0.0.1" + Bench.path, "*", Bench.path.replacing("/", with: "%2F"),
        Bench.path.replacing("f", with: "e"),
    ])
    func anotherPathIsUnknown(path: String) async throws {
        try await Bench.run { bench in
            for method in ["POST", "GET"] {
                let request = Bench.post(path: path).replacing("POST", with: method)
                #expect(await bench.status(request) == 404)
            }
            #expect(bench.recorder.calls.isEmpty)
            #expect(bench.listener.counts == [.unknownPath: 2])
        }
    }

    @Test func aQueryIsNoPartOfThePath() async throws {
        try await Bench.run { bench in
            #expect(await bench.status(Bench.post(path: Bench.path + "?a=b")) == 200)
        }
    }

    @Test(arguments: ["GET", "PUT", "HEAD", "OPTIONS", "post", "DELETE", "X"])
    func onlyPOSTIsServed(method: String) async throws {
        try await Bench.run { bench in
            let answer = await offPool { [port = bench.port] in
                let client = RawClient(port: port)
                client.send(Bench.post().replacing("POST", with: method))
                return client.receive()
            }
            #expect(
                answer == "HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n")
            #expect(bench.recorder.calls.isEmpty)
        }
    }

    @Test(arguments: [
        Bench.post(""), Bench.post("{}"), Bench.post("payload=%7B%7D"), Bench.post("\u{0}\u{0}"),
        Bench.post(Bench.event, "Content-Encoding: gzip\r\n"), Bench.raw("Content-Length: 0"), Bench.raw("X: y"),
        Bench.post("<html>"),
    ])
    func aBodyThatIsNoEventIsRefused(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request) == 400)
            #expect(bench.recorder.calls.isEmpty)
            #expect(bench.listener.counts == [.notUnderstood: 1])
        }
    }

    @Test(arguments: [
        Bench.post().replacing("HTTP/1.1", with: "HTTP/1.0"),
        "POST \(Bench.path) HTTP/1.0\r\nContent-Length: \(Bench.event.utf8.count)\r\n\r\n\(Bench.event)",
        "\r\n" + Bench.post(),
        Bench.post(Bench.event, "content-type: application/json; charset=utf-8\r\nX-Forwarded-For: 192.0.2.7\r\n"),
        Bench.post().replacing("Content-Length: ", with: "CONTENT-LENGTH:\t "),
        Bench.post(Bench.event, "Content-Encoding: identity\r\nConnection: keep-alive\r\nX:\r\nY: \u{e9}\r\n"),
        Bench.raw("Transfer-Encoding: chunked", Bench.chunked(Bench.event, size: 7)),
        Bench.raw("Transfer-Encoding: Chunked", Bench.chunked(Bench.event, size: 100_000)),
        Bench.raw(
            "Transfer-Encoding: chunked",
            Bench.chunked(Bench.event, size: 31).replacing("1f\r\n", with: "001F;a=\"b\"\r\n")
                .replacing("0\r\n\r\n", with: "00\r\nTrailer: x\r\n\r\n")),
        // More than one request: the first is answered, the rest is nobody's.
        Bench.post() + Bench.post(), Bench.post() + "garbage\u{0}",
        Bench.raw("Transfer-Encoding: chunked", Bench.chunked(Bench.event, size: 9)) + Bench.post(),
    ])
    func everyWayToSayItIsUnderstood(request: String) async throws {
        try await Bench.run { bench in
            #expect(await bench.status(request) == 200)
            #expect(await bench.status(request, finishing: true) == 200)
            #expect(bench.recorder.calls == [[TriggerEventTests.one], [TriggerEventTests.one]])
        }
    }

    @Test func aRequestMayComeByteByByte() async throws {
        try await Bench.run { bench in
            for request in [
                Bench.post(), Bench.raw("Transfer-Encoding: chunked", Bench.chunked(Bench.event, size: 11)),
            ] {
                let status = await offPool { [port = bench.port] in
                    let client = RawClient(port: port)
                    for byte in request.utf8 { client.send([byte]) }
                    return client.status()
                }
                #expect(status == 200)
            }
        }
    }

    @Test func aClientThatAsksFirstIsToldToCarryOn() async throws {
        try await Bench.run { bench in
            let (first, second) = await offPool { [port = bench.port] in
                let client = RawClient(port: port)
                client.send(Bench.raw("Expect: 100-continue\r\nContent-Length: \(Bench.event.utf8.count)"))
                let first = client.receive(until: "\r\n\r\n")
                client.send(Bench.event)
                return (first, client.status())
            }
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(second == 200)
            // One who would be refused is refused at once.
            #expect(await bench.status(Bench.raw("Expect: 100-continue\r\nContent-Length: 262145")) == 413)
        }
    }

    @Test func listensOnTheIPv6Loopback() async throws {
        try await Bench.run(address: "::1") { bench in
            let status = await offPool { [port = bench.port] in
                let client = RawClient(port: port, isIPv6: true)
                client.send(Bench.post())
                return client.status()
            }
            #expect(status == 200)
        }
    }

    @Test func routesMayChangeWhileItRuns() async throws {
        try await Bench.run { bench in
            let other = Recorder()
            let path = "/other/0123456789abcdef0123456789abcdef"
            bench.listener.setRoutes([Bench.path: bench.recorder.handler, path: other.handler])
            #expect(await bench.status(Bench.post(path: path)) == 200)
            bench.listener.setRoutes([path: other.handler])
            #expect(await bench.status(Bench.post(path: path)) == 200)
            #expect(await bench.status(Bench.post()) == 404)
            #expect(other.calls.count == 2 && bench.recorder.calls.isEmpty)
        }
    }
}
