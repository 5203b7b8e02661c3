import AttendanceCore

/// Bars of several parts, one for each day.
struct StackedBars {
    var chart: Chart
    var days: [Day]
    var series: [Series]

    var svg: String {
        let totals = days.indices.map { index in series.reduce(0) { $0 + $1.values[index] } }
        let scale = Scale(maximum: totals.max() ?? 0)
        let bars = days.indices.map { index in
            let place = chart.bar(index, of: days.count)
            var below = 0
            var parts = ""
            for part in series where part.values[index] > 0 {
                let bottom = chart.y(below, scale)
                below += part.values[index]
                let top = chart.y(below, scale)
                parts += chart.rectangle("b \(part.look.rawValue)", place.x, top, place.width, max(bottom - top, 0.8))
            }
            let words = series.map { "\(Format.number($0.values[index])) \($0.name)" }.joined(separator: ", ")
            return chart.group("\(Format.long(days[index])): \(words)", parts)
        }
        return chart.svg(chart.days(days) + chart.grid(scale) + bars.joined())
    }
}
