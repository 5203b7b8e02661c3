import AttendanceCore

/// Two counts a day, one upwards and one downwards from the same line.
struct MirroredBars {
    var chart: Chart
    var days: [Day]
    var up: Series
    var down: Series

    var svg: String {
        let (most, least) = (up.values.max() ?? 0, down.values.max() ?? 0)
        let step = Scale(maximum: most + least).ticks[1]
        // Each half ends on a whole step.
        let upwards = max(1, (most + step - 1) / step)
        let downwards = (least + step - 1) / step
        let unit = Double(chart.plotHeight) / Double((upwards + downwards) * step)
        let middle = Double(Chart.top) + Double(upwards * step) * unit
        func height(_ value: Int) -> Double { Double(value) * unit }
        var svg = chart.days(days)
        for tick in -downwards...upwards {
            let y = middle - height(tick * step)
            svg += chart.line(tick == 0 ? "axis" : "grid", Double(Chart.left), y, Double(Chart.width - Chart.right), y)
            svg += chart.text("tick", Double(Chart.left) - 8, y + 4, Format.number(abs(tick) * step))
        }
        for index in days.indices {
            let place = chart.bar(index, of: days.count)
            var parts = ""
            if up.values[index] > 0 {
                let height = max(height(up.values[index]), 0.8)
                parts += chart.rectangle("b \(up.look.rawValue)", place.x, middle - height, place.width, height)
            }
            if down.values[index] > 0 {
                let height = max(height(down.values[index]), 0.8)
                parts += chart.rectangle("b \(down.look.rawValue)", place.x, middle, place.width, height)
            }
            svg += chart.group(
                "\(Format.long(days[index])): \(Format.number(up.values[index])) \(up.name), "
                    + "\(Format.number(down.values[index])) \(down.name)", parts)
        }
        return chart.svg(svg)
    }
}
