/// Bars of several parts that lie, one for each named row.
struct RowBars {
    private static let rowHeight = 26
    private static let names = 220

    var id: String
    var title: String
    var summary: String
    var rows: [String]
    var series: [Series]

    var svg: String {
        var chart = Chart(id: id, title: title, summary: summary)
        chart.height = rows.count * Self.rowHeight + Chart.top + 8
        let totals = rows.indices.map { index in series.reduce(0) { $0 + $1.values[index] } }
        let room = Double(Chart.width - Self.names - 80)
        let most = Double(max(totals.max() ?? 1, 1))
        var svg = ""
        for index in rows.indices {
            let y = Double(Chart.top + index * Self.rowHeight)
            svg += chart.text("row", Double(Self.names) - 10, y + 14, rows[index])
            var x = Double(Self.names)
            var parts = ""
            for part in series where part.values[index] > 0 {
                let width = room * Double(part.values[index]) / most
                parts += chart.rectangle("b \(part.look.rawValue)", x, y + 2, max(width, 0.8), 17)
                x += width
            }
            let words = series.map { "\(Format.number($0.values[index])) \($0.name)" }.joined(separator: ", ")
            svg += chart.group("\(rows[index]): \(words)", parts)
            svg += chart.text("value", x + 8, y + 15, Format.number(totals[index]))
        }
        return chart.svg(svg)
    }
}
