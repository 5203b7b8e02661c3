import Dispatch
import Foundation

/// Waits for the first reason to stop: a signal, the end of standard input, or the clock.
struct StopSignal {
    private let reasons: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]
    private let deadline: ContinuousClock.Instant

    init(untilStdinCloses: Bool, after duration: Seconds) {
        let (reasons, continuation) = AsyncStream.makeStream(of: Void.self)
        self.reasons = reasons
        deadline = .now + .seconds(duration.count)
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        if untilStdinCloses {
            // Reading blocks, so it has a thread of its own; and not through stdio, whose lock `exit` would wait for.
            Thread.detachNewThread {
                var bytes = [UInt8](repeating: 0, count: 512)
                while read(STDIN_FILENO, &bytes, bytes.count) > 0 {}
                continuation.yield()
            }
        }
    }

    func wait() async {
        await withTaskGroup { group in
            group.addTask { [reasons] in
                for await _ in reasons { return }
            }
            group.addTask { [deadline] in
                try? await Task.sleep(until: deadline, clock: .continuous)
            }
            await group.next()
            group.cancelAll()
        }
        for source in sources { source.cancel() }
    }
}
