import TOMLKit

/// A TOML value that owns itself: TOMLKit's point into a C++ tree.
enum TOMLNode: Hashable, Sendable {
    case table([String: TOMLNode])
    case array([TOMLNode])
    case text(String)
    case integer(Int)
    case flag(Bool)
    case fraction
    case dateOrTime

    init(_ value: any TOMLValueConvertible) {
        switch value.type {
        case .table: self = value.table.map(TOMLNode.init(table:)) ?? .table([:])
        case .array: self = .array(value.array.map { array in (0..<array.count).map { TOMLNode(array[$0]) } } ?? [])
        case .string: self = .text(value.string ?? "")
        case .int: self = .integer(value.int ?? 0)
        case .double: self = .fraction
        case .bool: self = .flag(value.bool ?? false)
        case .date, .time, .dateTime: self = .dateOrTime
        }
    }

    init(table: TOMLTable) {
        var members: [String: TOMLNode] = [:]
        for key in table.keys {
            if let value = table[key] { members[key] = TOMLNode(value) }
        }
        self = .table(members)
    }

    /// What it is, in words for an error.
    var kind: String {
        switch self {
        case .table: "a table"
        case .array: "a list"
        case .text: "text"
        case .integer: "a number"
        case .flag: "true or false"
        case .fraction: "a number with a fraction"
        case .dateOrTime: "a date or time"
        }
    }
}
