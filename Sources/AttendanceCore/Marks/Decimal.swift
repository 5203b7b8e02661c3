/// Fixed-width decimal numbers, for dates and times.
enum Decimal {
    static func padded(_ number: Int, to width: Int) -> String {
        let text = String(number)
        return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
    }
}
