/// Columns that line up though nobody knows yet how many rows there will be: each is as wide as what is usual there.
struct LongTable {
    private var widths: [Int]

    /// - Parameter columns: the header of each, and an example of what is below it.
    init(_ columns: [(header: String, usual: String)]) {
        widths = columns.map { max($0.header.count, $0.usual.count) }
    }

    /// A longer cell moves those after it, and the rows that follow.
    mutating func line(_ row: [String]) -> String {
        for (column, cell) in row.enumerated().dropLast() where cell.count > widths[column] {
            widths[column] = cell.count
        }
        return row.enumerated().map { column, cell in
            column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
        }.joined(separator: "  ")
    }
}
