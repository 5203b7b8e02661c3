import FoundationEssentials

/// Any JSON document, for the few places where the sandbox reads one.
enum JSONValue: Sendable, Hashable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Nil if `bytes` are not one JSON document.
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text of a string or of a whole number: both APIs take either where an id is meant.
    var text: String? {
        switch self {
        case .string(let text): text
        case .number(let number): Int64(exactly: number).map { String($0) } ?? String(number)
        case .null, .bool, .array, .object: nil
        }
    }

    var integer: Int? {
        text.flatMap { Int($0) }
    }

    var double: Double? {
        switch self {
        case .number(let number): number
        case .string(let text): Double(text)
        case .null, .bool, .array, .object: nil
        }
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of a list; one object stands for a list of one.
    var list: [JSONValue]? {
        switch self {
        case .array(let values): values
        case .object: [self]
        case .null, .bool, .number, .string: nil
        }
    }
}
