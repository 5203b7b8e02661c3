import SeededRandom
import AttendanceCore

/// Workers that send requests as fast as a ``RateBudget`` lets them, against a clock that is finer than the budget's.
struct BudgetRun {
    /// One request, in microseconds: the server counted it at some moment from `sent` to `answered`.
    struct Exchange {
        var cost: Int
        var sent: Int64
        var answered: Int64
    }

    var limit: RateLimit
    var workers: Int
    /// Latencies in microseconds.
    var latency: ClosedRange<Int64>
    /// What one worker asks for at a time; a second request is sent when the first was answered.
    var asks: [[Int]]
    /// How many of a hundred second requests turn out not to be needed.
    var cancelledPercent = 0

    private struct Pending {
        var ends: Int64
        var ticket: RateBudget.Ticket
        var rest: [(cost: Int, ticket: RateBudget.Ticket)]
    }

    /// - Parameter length: of the run, in microseconds.
    func exchanges(length: Int64, seed: UInt64) -> [Exchange] {
        var random = SeededGenerator(seed: seed)
        var budget = RateBudget(limit)
        var now: Int64 = 1_000_000_000
        let end = now + length
        var exchanges: [Exchange] = []
        var pending: [Pending] = []
        var asked = asks[Int.random(in: asks.indices, using: &random)]

        func send(_ requests: [(cost: Int, ticket: RateBudget.Ticket)]) -> Pending {
            let answered = now + Int64.random(in: latency, using: &random)
            exchanges.append(Exchange(cost: requests[0].cost, sent: now, answered: answered))
            return Pending(ends: answered, ticket: requests[0].ticket, rest: Array(requests.dropFirst()))
        }
        while now < end {
            var wakes: Int64?
            if pending.count < workers {
                switch budget.take(asked, now: Timestamp(milliseconds: now / 1000)) {
                case .go(let tickets):
                    pending.append(send(Array(zip(asked, tickets))))
                    asked = asks[Int.random(in: asks.indices, using: &random)]
                    continue
                case .wait(let until):
                    wakes = until.milliseconds * 1000
                case .waitForAnswer:
                    break
                }
            }
            let first = pending.map(\.ends).min()
            guard let next = [wakes, first].compactMap({ $0 }).min() else { break }
            now = max(now, next)
            guard let index = pending.firstIndex(where: { $0.ends <= now }) else { continue }
            let done = pending.remove(at: index)
            budget.settle(done.ticket, at: Timestamp(milliseconds: now / 1000))
            if done.rest.isEmpty { continue }
            if Int.random(in: 0..<100, using: &random) < cancelledPercent {
                for (_, ticket) in done.rest { budget.cancel(ticket) }
            } else {
                pending.append(send(done.rest))
            }
        }
        return exchanges
    }

    /// The most credits that a server could have counted in one window, whenever each request reached it.
    func worstWindow(_ exchanges: [Exchange]) -> Int {
        let window = limit.window.milliseconds * 1000
        // The worst window begins when some request was answered: any earlier, and it could be moved to there.
        return exchanges.map { first in
            exchanges.reduce(0) { sum, other in
                other.answered >= first.answered && other.sent <= first.answered + window ? sum + other.cost : sum
            }
        }.max() ?? 0
    }
}
