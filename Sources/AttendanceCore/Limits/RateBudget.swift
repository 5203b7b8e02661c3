/// Schoology's credits: never more than `credits` in any `window`.
///
/// A request counts from when it is sent until more than `window` after its answer came, because the server may
/// have counted it at any moment in between. So whichever window the server looks at, it never sees more: not even
/// where the caller's whole milliseconds hide a part of one.
public struct RateBudget: Sendable {
    public struct Ticket: Sendable, Hashable {
        fileprivate var number: UInt64
    }

    private struct Spending {
        var number: UInt64
        var cost: Int
        /// Nil while the request is in flight.
        var settled: Timestamp?
    }

    public private(set) var limit: RateLimit
    private var spendings: [Spending] = []
    private var next: UInt64 = 0
    /// No request before this: a server's 429 or the end of an earlier process's window.
    private var blockedUntil = Timestamp(milliseconds: .min)

    public init(_ limit: RateLimit) {
        self.limit = limit
    }

    public enum Answer: Sendable, Equatable {
        /// One ticket for each cost asked for.
        case go([Ticket])
        case wait(until: Timestamp)
        /// Requests in flight hold the credits: ask again when one ends.
        case waitForAnswer
    }

    /// Takes the credits of all these requests together, or says from when they can be had.
    ///
    /// Together, so that a read and the write that follows it never wait for each other's credits.
    ///
    /// - Parameter owed: credits that somebody else waits for, and that are to be left.
    public mutating func take(_ costs: [Int], leaving owed: Int = 0, now: Timestamp) -> Answer {
        if now < blockedUntil { return .wait(until: blockedUntil) }
        spendings = spendings.filter { !isFree($0, now: now) }
        let wanted = costs.reduce(0, +)
        var spent = spendings.reduce(owed) { $0 + $1.cost }
        // What costs more than there ever is, goes alone.
        if spent + wanted <= limit.credits || spent == 0 {
            return .go(
                costs.map { cost in
                    next += 1
                    spendings.append(Spending(number: next, cost: cost, settled: nil))
                    return Ticket(number: next)
                })
        }
        for spending in spendings.filter({ $0.settled != nil }).sorted(by: { $0.settled! < $1.settled! }) {
            spent -= spending.cost
            if spent + wanted <= limit.credits || spent == 0 { return .wait(until: freeAgain(spending.settled!)) }
        }
        return .waitForAnswer
    }

    /// The answer came, or the request ended without one.
    public mutating func settle(_ ticket: Ticket, at now: Timestamp) {
        if let index = spendings.firstIndex(where: { $0.number == ticket.number }) { spendings[index].settled = now }
    }

    /// The request was not needed after all: its credits were never spent.
    public mutating func cancel(_ ticket: Ticket) {
        spendings.removeAll { $0.number == ticket.number }
    }

    /// Credits that a process before this one may have spent.
    public mutating func carryOver(_ cost: Int, settled: Timestamp) {
        next += 1
        spendings.append(Spending(number: next, cost: cost, settled: settled))
    }

    public mutating func block(until: Timestamp) {
        blockedUntil = max(blockedUntil, until)
    }

    /// Credits free at this moment.
    public func available(now: Timestamp) -> Int {
        guard now >= blockedUntil else { return 0 }
        return max(limit.credits - spent(now: now), 0)
    }

    /// Credits taken or not yet free again.
    public func spent(now: Timestamp) -> Int {
        spendings.filter { !isFree($0, now: now) }.reduce(0) { $0 + $1.cost }
    }

    private func isFree(_ spending: Spending, now: Timestamp) -> Bool {
        spending.settled.map { freeAgain($0) <= now } ?? false
    }

    private func freeAgain(_ settled: Timestamp) -> Timestamp { settled + limit.window + .milliseconds(1) }
}
