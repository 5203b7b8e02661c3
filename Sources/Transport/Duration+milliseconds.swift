extension Duration {
    /// Whole milliseconds, rounded down, within what libcurl takes.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? (seconds < 0 ? Int.min / 2 : Int.max / 2) : Int(product) + Int(attoseconds / 1_000_000_000_000_000)
    }
}
