import AttendanceCore

/// For each day a length of time in the middle, and the one that most stayed below.
struct RangeChart {
    var chart: Chart
    var days: [Day]
    var delays: [DistrictFacts.Delay?]

    var svg: String {
        let seconds = delays.compactMap { $0.map { Int($0.p95.milliseconds / 1000) } }
        let scale = Scale(seconds: seconds.max() ?? 0)
        func y(_ span: Span) -> Double {
            Double(chart.floor) - Double(chart.plotHeight) * Double(span.milliseconds) / 1000 / Double(scale.top)
        }
        let marks = days.indices.map { index -> String in
            guard let delay = delays[index] else { return "" }
            let slot = chart.slot(index, of: days.count)
            let x = slot.x + slot.width / 2
            let (low, high) = (y(delay.median), y(delay.p95))
            // Side by side where one would cover the other.
            let apart: Double = low - high < 10 ? 6 : 0
            return chart.group(
                "\(Format.long(days[index])): half within \(Format.length(delay.median)), 19 of 20 within "
                    + "\(Format.length(delay.p95)), of \(Format.number(delay.count))",
                chart.line("range", x, low, x, high) + triangle(x + apart, high) + circle(x - apart, low))
        }
        return chart.svg(
            chart.days(days)
                + chart.grid(scale) { $0 == 0 ? "0" : Format.length(.seconds(Int64($0))) } + marks.joined())
    }

    private func circle(_ x: Double, _ y: Double) -> String {
        "<circle class=\"median\" cx=\"\(chart.tenths(x))\" cy=\"\(chart.tenths(y))\" r=\"5\"/>"
    }

    private func triangle(_ x: Double, _ y: Double) -> String {
        let points = [(0, -6.5), (6, 4), (-6, 4)].map { "\(chart.tenths(x + $0.0)),\(chart.tenths(y + $0.1))" }
        return "<polygon class=\"p95\" points=\"\(points.joined(separator: " "))\"/>"
    }

    static let legend = """
        <ul class="legend"><li><svg width="22" height="14" aria-hidden="true"><circle class="median" cx="11" cy="7" r="5"/></svg> half arrived within</li><li><svg width="22" height="14" aria-hidden="true"><polygon class="p95" points="11,1 17,12 5,12"/></svg> 19 of 20 arrived within</li></ul>

        """
}
