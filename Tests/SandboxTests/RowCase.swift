import Testing

/// A row that Clever rejects, and how the reason begins.
struct RowCase: Sendable, CustomTestStringConvertible {
    let reason: String
    let row: @Sendable (IngestionBench) -> String

    init(_ reason: String, _ row: @escaping @Sendable (IngestionBench) -> String) {
        self.reason = reason
        self.row = row
    }

    var testDescription: String { reason }
}
