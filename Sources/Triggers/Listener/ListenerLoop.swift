import Glibc

/// The listener's thread: one `poll(2)` over all its sockets, which are never blocked on.
///
/// `@unchecked Sendable`: made by one thread, handed over before it runs, and used by the listener's thread alone then.
final class ListenerLoop: @unchecked Sendable {
    private let socket: Int32
    private let wake: Int32
    private let shared: ListenerShared
    private let limits: TriggerLimits
    private let work: AsyncStream<TriggerWork>.Continuation
    /// In the order in which they came.
    private var connections: [Connection] = []
    private var nextID: UInt64 = 0
    /// Until then nothing is accepted: there was no descriptor left.
    private var acceptAgain = ContinuousClock.now

    init(
        socket: Int32, wake: Int32, shared: ListenerShared, limits: TriggerLimits,
        work: AsyncStream<TriggerWork>.Continuation
    ) {
        self.socket = socket
        self.wake = wake
        self.shared = shared
        self.limits = limits
        self.work = work
    }

    /// Returns when it is told to stop, with every descriptor closed.
    func run() {
        while takeAnswers() {
            let ready = waitForEvents()
            let now = ContinuousClock.now
            for connection in ready.connections { serve(connection, now) }
            for connection in connections where connection.deadline <= now { cut(connection, now) }
            if ready.isKnocked { accept(now) }
        }
        for connection in connections { close(connection.descriptor) }
        connections = []
        close(socket)
        shared.close()
        close(wake)
        work.finish()
    }

    /// False when the listener stops.
    private func takeAnswers() -> Bool {
        let (answers, isStopping) = shared.takeAnswers()
        for answer in answers {
            // Where the connection is gone, the outcome is counted already.
            guard let connection = connections.first(where: { $0.id == answer.connection }),
                case .handling = connection.phase
            else { continue }
            reply(answer.reply, answer.outcome, connection, .now)
        }
        return !isStopping
    }

    private func waitForEvents() -> (connections: [Connection], isKnocked: Bool) {
        let now = ContinuousClock.now
        let hasRoom = connections.count < limits.connections || connections.contains(where: \.mayGo)
        let mayAccept = hasRoom && acceptAgain <= now
        var descriptors = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: mayAccept ? socket : -1, events: Int16(POLLIN), revents: 0),
        ]
        var next: ContinuousClock.Instant? = acceptAgain > now ? acceptAgain : nil
        for connection in connections {
            let events =
                switch connection.phase {
                case .reading, .draining: Int16(POLLIN)
                case .handling: Int16(0)
                case .replying: Int16(POLLOUT)
                }
            descriptors.append(pollfd(fd: connection.descriptor, events: events, revents: 0))
            next = min(next ?? connection.deadline, connection.deadline)
        }
        // A millisecond more than is left, so that the deadline has passed.
        let timeout = next.map { Int32(max(.zero, now.duration(to: $0)) / .milliseconds(1)) + 1 } ?? -1
        guard poll(&descriptors, nfds_t(descriptors.count), timeout) > 0 else { return ([], false) }
        if descriptors[0].revents != 0 { _ = ListenerSocket.receive(wake) }
        let ready = zip(connections, descriptors.dropFirst(2)).filter { $1.revents != 0 }.map(\.0)
        return (ready, descriptors[1].revents != 0)
    }
}

// MARK: - One connection

extension ListenerLoop {
    private func serve(_ connection: Connection, _ now: ContinuousClock.Instant) {
        switch connection.phase {
        case .reading: read(connection, now)
        case .handling:
            // Nothing else is asked for: the client is gone in both directions.
            shared.count(.hungUp)
            drop(connection)
        case .replying(let bytes): send(bytes, connection, now)
        case .draining(let count):
            switch ListenerSocket.receive(connection.descriptor) {
            case .bytes(let bytes) where count + bytes.count <= Connection.mostDrained:
                connection.phase = .draining(count + bytes.count)
            case .bytes, .end: drop(connection)
            case .nothingYet: break
            }
        }
    }

    private func read(_ connection: Connection, _ now: ContinuousClock.Instant) {
        guard case .reading(var reader) = connection.phase else { return }
        switch ListenerSocket.receive(connection.descriptor) {
        case .nothingYet: return
        case .end:
            shared.count(.hungUp)
            return drop(connection)
        case .bytes(let bytes): reader.append(bytes)
        }
        do throws(Refusal) {
            var step = try reader.next()
            if case .head(let head) = step {
                guard greet(head, connection, now) else { return }
                step = try reader.next()
                if case .more = step, head.expectsContinue {
                    // A dozen bytes into an empty buffer: they go at once, or the client is gone.
                    guard ListenerSocket.send(Reply.carryOn, to: connection.descriptor)?.isEmpty == true else {
                        shared.count(.hungUp)
                        return drop(connection)
                    }
                }
            }
            switch step {
            case .more, .head: connection.phase = .reading(reader)
            case .body(let body): handOver(body, connection, now)
            }
        } catch {
            let outcome: TriggerOutcome =
                switch error {
                case .malformed: .malformed
                case .headTooLarge, .bodyTooLarge: .tooLarge
                }
            reply(Reply(error), outcome, connection, now)
        }
    }

    /// False when the head alone was enough for an answer.
    private func greet(_ head: RequestHead, _ connection: Connection, _ now: ContinuousClock.Instant) -> Bool {
        guard let handler = shared.handler(at: head.path) else {
            reply(.unknownPath, .unknownPath, connection, now)
            return false
        }
        guard head.method == "POST" else {
            reply(.wrongMethod, .wrongMethod, connection, now)
            return false
        }
        guard !head.isEncoded else {
            reply(.notUnderstood, .notUnderstood, connection, now)
            return false
        }
        connection.handler = handler
        return true
    }

    private func handOver(_ body: [UInt8], _ connection: Connection, _ now: ContinuousClock.Instant) {
        guard let handler = connection.handler, shared.begin(limit: limits.connections) else {
            return reply(.unavailable, .notStored, connection, now)
        }
        connection.phase = .handling
        connection.deadline = now + limits.handlerTime
        work.yield(TriggerWork(connection: connection.id, body: body, handler: handler))
    }

    private func reply(
        _ reply: Reply, _ outcome: TriggerOutcome, _ connection: Connection, _ now: ContinuousClock.Instant
    ) {
        shared.count(outcome)
        connection.deadline = now + limits.replyTime
        send(reply.bytes, connection, now)
    }

    private func send(_ bytes: [UInt8], _ connection: Connection, _ now: ContinuousClock.Instant) {
        guard let rest = ListenerSocket.send(bytes, to: connection.descriptor) else { return drop(connection) }
        if rest.isEmpty {
            shutdown(connection.descriptor, Int32(SHUT_WR))
            connection.phase = .draining(0)
        } else {
            connection.phase = .replying(rest)
        }
    }
}

// MARK: - Coming and going

extension ListenerLoop {
    private func cut(_ connection: Connection, _ now: ContinuousClock.Instant) {
        switch connection.phase {
        case .reading: reply(.tooSlow, .tooSlow, connection, now)
        case .handling: reply(.unavailable, .notStored, connection, now)
        case .replying, .draining: drop(connection)
        }
    }

    private func drop(_ connection: Connection) {
        close(connection.descriptor)
        connections.removeAll { $0 === connection }
    }

    /// A few at a time, after the others were served: what had arrived is not crowded out.
    private func accept(_ now: ContinuousClock.Instant) {
        for _ in 0..<16 {
            if connections.count >= limits.connections {
                guard let oldest = connections.first(where: \.mayGo) else { return }
                if case .reading = oldest.phase { shared.count(.crowdedOut) }
                drop(oldest)
            }
            guard let descriptor = ListenerSocket.accept(socket) else {
                if ![EAGAIN, EINTR, ECONNABORTED].contains(errno) {
                    shared.count(.notAccepted)
                    acceptAgain = now + .milliseconds(100)
                }
                return
            }
            let reader = RequestReader(headLimit: limits.head, bodyLimit: limits.body)
            let connection = Connection(
                id: nextID, descriptor: descriptor, reader: reader, deadline: now + limits.requestTime)
            nextID += 1
            connections.append(connection)
            read(connection, now)
        }
    }
}
