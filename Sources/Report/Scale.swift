/// An axis that ends on a round number.
struct Scale {
    /// From 0; the last is the axis' end.
    let ticks: [Int]

    var top: Int { ticks.last ?? 1 }

    /// Four or five steps of 1, 2 or 5 times a power of ten that reach `maximum`.
    init(maximum: Int) {
        let wanted = max(maximum, 1)
        var step = 1
        search: while true {
            for factor in [1, 2, 5] where step * factor * 5 >= wanted {
                step *= factor
                break search
            }
            step *= 10
        }
        let count = (wanted + step - 1) / step
        ticks = (0...max(count, 1)).map { $0 * step }
    }

    /// For lengths of time in seconds: steps that clocks have.
    init(seconds maximum: Int) {
        let wanted = max(maximum, 1)
        let steps = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
            432_000, 864_000, 2_592_000,
        ]
        let step = steps.first { $0 * 5 >= wanted } ?? (wanted + 4) / 5
        let count = (wanted + step - 1) / step
        ticks = (0...max(count, 1)).map { $0 * step }
    }
}
