/// The first row of `attendance.csv`: which field is which.
struct AttendanceHeader: Sendable {
    /// Why the file is refused as a whole.
    struct Refusal: Error {
        let reason: String
    }

    private let positions: [AttendanceColumn: Int]
    let count: Int

    init(_ row: CSVReader.Row?) throws(Refusal) {
        guard let row else { throw Refusal(reason: "the file is empty: a header is required") }
        let names: [String]
        switch row.fields {
        case .success(let fields): names = fields
        case .failure(let fault): throw Refusal(reason: "the header can't be read: \(fault.rawValue)")
        }
        var positions: [AttendanceColumn: Int] = [:]
        for (position, name) in names.enumerated() {
            guard let column = AttendanceColumn.allCases.first(where: { $0.names.contains(name) }) else {
                throw Refusal(reason: "unknown column \"\(name)\": a header is required, with the documented names")
            }
            guard positions[column] == nil else { throw Refusal(reason: "the column \(name) is there twice") }
            positions[column] = position
        }
        for column in AttendanceColumn.allCases where column.isRequired && positions[column] == nil {
            throw Refusal(reason: "the column \(column.names[0]) is missing")
        }
        self.positions = positions
        count = names.count
    }

    /// A row's text in a column; empty where the file doesn't have that column.
    func text(_ column: AttendanceColumn, of fields: [String]) -> String {
        positions[column].map { fields[$0] } ?? ""
    }
}
