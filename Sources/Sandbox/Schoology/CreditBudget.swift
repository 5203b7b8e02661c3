/// Schoology's rate limit as a third party describes it: credits that each request takes, given back once the
/// window has passed.
struct CreditBudget: Sendable {
    let credits: Int
    let windowMilliseconds: Int64
    let readCost: Int
    let writeCost: Int

    /// Spent credits that still count, oldest first.
    private var spent: [(at: Instant, cost: Int)] = []
    /// The most that was spent in any window.
    private(set) var maxUsed = 0
    private(set) var refused = 0
    /// All that was ever spent.
    private(set) var total = 0

    init(credits: Int, windowMilliseconds: Int64, readCost: Int, writeCost: Int) {
        self.credits = credits
        self.windowMilliseconds = windowMilliseconds
        self.readCost = readCost
        self.writeCost = writeCost
    }

    /// Takes the credits of one request. Nil if they were there, else the seconds for `Retry-After`.
    mutating func spend(write: Bool, at now: Instant) -> Int? {
        spent.removeAll { $0.at.milliseconds + windowMilliseconds <= now.milliseconds }
        let cost = write ? writeCost : readCost
        var used = spent.reduce(0) { $0 + $1.cost }
        if used + cost > credits {
            refused += 1
            for entry in spent {
                used -= entry.cost
                if used + cost <= credits {
                    let wait = entry.at.milliseconds + windowMilliseconds - now.milliseconds
                    return max(1, Int((wait + 999) / 1000))
                }
            }
            return max(1, Int((windowMilliseconds + 999) / 1000))
        }
        spent.append((now, cost))
        total += cost
        maxUsed = max(maxUsed, used + cost)
        return nil
    }
}
