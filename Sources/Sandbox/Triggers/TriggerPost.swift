import FlyingSocks
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sends triggers. The address is always 127.0.0.1, whatever the URL calls it.
struct TriggerPost: Sendable {
    /// How long the subscriber may take.
    private static let patience = Duration.seconds(10)
    private static let answerLimit = 16 << 10

    let core: SandboxCore
    let pool: any AsyncSocketPool

    /// Sends what there is to send, and again what has to be sent again, until the task is cancelled.
    func serve() async {
        await withDiscardingTaskGroup { group in
            var sleepsUntil: Instant?
            for await _ in core.triggerCalls {
                await sendDue()
                let (now, due) = (core.now, core.withWorld { $0.schoology.triggers.nextDue })
                guard let due else { continue }
                // One sleeper for each time is enough.
                if let sleepsUntil, sleepsUntil > now, sleepsUntil <= due { continue }
                sleepsUntil = due
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(max(1, due.milliseconds - now.milliseconds)))
                    core.callTriggers()
                }
            }
            group.cancelAll()
        }
    }

    /// Sends the events that are due by the sandbox's clock, one after the other.
    func sendDue() async {
        while !Task.isCancelled {
            let now = core.now
            guard let event = core.withWorld({ $0.schoology.triggers.takeDue(at: now) }) else { return }
            let status = await send(event)
            let answered = core.now
            core.withWorld { $0.schoology.triggers.finish(event, status: status, now: answered) }
        }
    }

    /// The answer's status; nil if there was none in time.
    private func send(_ event: TriggerEvent) async -> Int? {
        await withTaskGroup(of: Int?.self) { group in
            group.addTask { try? await exchange(event) }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func exchange(_ event: TriggerEvent) async throws -> Int? {
        let plain = try Socket(domain: AF_INET, type: .stream)
        defer { try? plain.close() }
        let socket = try AsyncSocket(socket: plain, pool: pool)
        try await socket.connect(to: .inet(ip4: "127.0.0.1", port: event.url.port))
        let head = """
            POST \(event.url.target) HTTP/1.1\r
            Host: 127.0.0.1:\(event.url.port)\r
            User-Agent: attendance-sandbox\r
            Content-Type: application/json\r
            Content-Length: \(event.body.count)\r
            Connection: close\r
            \r

            """
        try await socket.write(Data(head.utf8) + event.body)
        var answer: [UInt8] = []
        while !answer.contains(UInt8(ascii: "\n")), answer.count < Self.answerLimit {
            answer += try await socket.read(atMost: 4096)
        }
        let line = answer.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1.") else { return nil }
        return Int(words[1])
    }
}
