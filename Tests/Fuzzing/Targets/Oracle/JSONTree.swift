import Foundation

@testable import Answers

/// What a JSON text says, as far as anybody asks: read by the daemon's own reader, or by Foundation's.
indirect enum JSONTree: Equatable {
    case object([String: JSONTree])
    case list([JSONTree])
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case null
    /// A number or a text that nobody could make anything of.
    case other

    /// - Returns: nil for what is not JSON.
    static func ours(_ bytes: [UInt8]) -> JSONTree? {
        bytes.withUnsafeBufferPointer { text in
            let index = JSONIndex(text)
            guard index.isComplete, let base = text.baseAddress else { return nil }
            return index.read(base, JSONTree.init)
        }
    }

    static func foundations(_ bytes: [UInt8]) -> JSONTree? {
        // Ours is UTF-8, as RFC 8259 has it. Foundation's guesses at others from the first bytes.
        guard bytes.first.map({ $0 != 0 && $0 < 0xF0 }) == true, bytes.dropFirst().first != 0 else { return nil }
        return try? JSONDecoder().decode(Decoded.self, from: Data(bytes)).tree
    }

    /// Whether both say the same, as far as Foundation says anything.
    func agrees(with theirs: JSONTree) -> Bool {
        switch (self, theirs) {
        case (.object(let ours), .object(let theirs)):
            ours.count == theirs.count && ours.allSatisfy { key, value in theirs[key].map(value.agrees) ?? false }
        case (.list(let ours), .list(let theirs)):
            ours.count == theirs.count && zip(ours, theirs).allSatisfy { $0.agrees(with: $1) }
        // Foundation refuses a whole object where one key's escapes can't be read; here the other fields stay readable.
        case (.object, .other): true
        // Foundation rounds a fraction away that a Double can't tell, 2^53 - 0.5 towards zero; here it is no whole number.
        case (.other, .integer(let number)): number.magnitude >= (1 << 53) - 1
        // And refuses a whole number that fits, where the nearest Double doesn't.
        case (.integer(let number), .other): number.magnitude >= 1 << 53
        default: self == theirs
        }
    }

    private init(_ value: JSONValue) {
        if value.isObject {
            var members: [String: JSONTree] = [:]
            for (key, value) in value.members {
                guard let key = key.string else { continue }
                if members[key] == nil { members[key] = JSONTree(value) }
            }
            self = .object(members)
        } else if value.isList {
            self = .list(value.elements.map { JSONTree($0) })
        } else if let text = value.string {
            self = .text(text)
        } else if let number = value.integer(as: Int64.self) {
            self = .integer(number)
        } else if let flag = value.flag {
            self = .flag(flag)
        } else {
            self = value.isNull ? .null : .other
        }
    }

    private struct Decoded: Decodable {
        var tree: JSONTree

        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let fields = try? decoder.container(keyedBy: Key.self) {
                var members: [String: JSONTree] = [:]
                for key in fields.allKeys {
                    members[key.stringValue] =
                        try fields.decodeNil(forKey: key) ? .null : fields.decode(Decoded.self, forKey: key).tree
                }
                tree = .object(members)
            } else if var list = try? decoder.unkeyedContainer() {
                var elements: [JSONTree] = []
                while !list.isAtEnd { elements.append(try list.decodeNil() ? .null : list.decode(Decoded.self).tree) }
                tree = .list(elements)
            } else {
                let value = try decoder.singleValueContainer()
                if value.decodeNil() {
                    tree = .null
                } else if let text = try? value.decode(String.self) {
                    tree = .text(text)
                } else if let number = try? value.decode(Int64.self) {
                    tree = .integer(number)
                } else {
                    tree = (try? value.decode(Bool.self)).map { .flag($0) } ?? .other
                }
            }
        }
    }
}
