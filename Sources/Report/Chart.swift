import AttendanceCore

/// What all charts have in common: the picture's frame and its name for who can't see it.
struct Chart {
    static let width = 960
    static let left = 64
    static let right = 12
    static let top = 14
    static let bottom = 30

    /// Unique on the page.
    var id: String
    var title: String
    /// What the picture shows, in words and figures.
    var summary: String
    var height = 250

    var plotWidth: Int { Self.width - Self.left - Self.right }
    var plotHeight: Int { height - Self.top - Self.bottom }
    var floor: Int { Self.top + plotHeight }

    func svg(_ content: String) -> String {
        "<svg viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\" aria-labelledby=\"\(id)-t\" aria-describedby=\"\(id)-d\">"
            + "<title id=\"\(id)-t\">\(Markup.escape(title))</title><desc id=\"\(id)-d\">\(Markup.escape(summary))</desc>\n"
            + content + "</svg>"
    }

    /// The space of one of `count` days.
    func slot(_ index: Int, of count: Int) -> (x: Double, width: Double) {
        let width = Double(plotWidth) / Double(max(count, 1))
        return (Double(Self.left) + Double(index) * width, width)
    }

    func bar(_ index: Int, of count: Int) -> (x: Double, width: Double) {
        let slot = slot(index, of: count)
        let width = min(slot.width * 0.72, 44)
        return (slot.x + (slot.width - width) / 2, width)
    }

    /// Weekends, and the days' names where there is room.
    func days(_ days: [Day]) -> String {
        var svg = ""
        let stride = [1, 2, 3, 5, 7, 14, 28, 56].first { days.count / $0 <= 15 } ?? 56
        for (index, day) in days.enumerated() {
            let slot = slot(index, of: days.count)
            if [0, 6].contains(Format.weekday(day)), days.count <= 70 {
                svg += rectangle("weekend", slot.x, Double(Self.top), slot.width, Double(plotHeight))
            }
            // Counted from the end: the last day always has its name.
            if (days.count - 1 - index).isMultiple(of: stride) {
                svg += text("day", slot.x + slot.width / 2, Double(floor) + 19, Format.short(day))
            }
        }
        return svg
    }

    func grid(_ scale: Scale, label: (Int) -> String = Format.number) -> String {
        scale.ticks.map { tick in
            let y = y(tick, scale)
            return line(tick == 0 ? "axis" : "grid", Double(Self.left), y, Double(Self.width - Self.right), y)
                + text("tick", Double(Self.left) - 8, y + 4, label(tick))
        }.joined()
    }

    func y(_ value: Int, _ scale: Scale) -> Double {
        Double(floor) - Double(plotHeight) * Double(min(value, scale.top)) / Double(scale.top)
    }

    func rectangle(_ kind: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        "<rect class=\"\(kind)\" x=\"\(tenths(x))\" y=\"\(tenths(y))\" width=\"\(tenths(width))\" height=\"\(tenths(height))\"/>\n"
    }

    func line(_ kind: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line class=\"\(kind)\" x1=\"\(tenths(x1))\" y1=\"\(tenths(y1))\" x2=\"\(tenths(x2))\" y2=\"\(tenths(y2))\"/>\n"
    }

    func text(_ kind: String, _ x: Double, _ y: Double, _ text: String) -> String {
        "<text class=\"\(kind)\" x=\"\(tenths(x))\" y=\"\(tenths(y))\">\(Markup.escape(text))</text>\n"
    }

    /// The name that a pointer shows.
    func group(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<g class=\"hit\"><title>\(Markup.escape(title))</title>\(content)</g>\n"
    }

    func tenths(_ value: Double) -> String {
        let whole = Int((value * 10).rounded())
        let digits = whole.magnitude
        return (whole < 0 ? "-" : "") + "\(digits / 10)" + (digits % 10 == 0 ? "" : ".\(digits % 10)")
    }
}
