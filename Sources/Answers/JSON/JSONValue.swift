/// One value of a JSON text, where it stands: good only while ``AnswerJSON`` reads that text.
package struct JSONValue {
    private let text: UnsafePointer<UInt8>
    private let node: UnsafePointer<JSONNode>

    init(text: UnsafePointer<UInt8>, node: UnsafePointer<JSONNode>) {
        self.text = text
        self.node = node
    }

    package var isNull: Bool { node.pointee.kind == .null }
    package var isList: Bool { node.pointee.kind == .list }
    package var isObject: Bool { node.pointee.kind == .object }
    package var isNumber: Bool { node.pointee.kind == .number }
    /// A list or an object with nothing in it.
    package var isEmpty: Bool { (isList || isObject) && node.pointee.length == 0 }

    /// Nil for anything but true and false.
    package var flag: Bool? {
        switch node.pointee.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// What a text says; nil for anything else, and for one whose escapes or UTF-8 can't be read.
    package var string: String? {
        switch node.pointee.kind {
        case .plainText: String(decoding: bytes, as: UTF8.self)
        case .text: JSONEscapes.decoded(bytes)
        default: nil
        }
    }

    /// The bytes of a text that is printable ASCII without escapes, which is what ids, dates and codes are.
    package var plainText: UnsafeBufferPointer<UInt8>? {
        node.pointee.kind == .plainText ? bytes : nil
    }

    /// A whole number, however it is written (`1`, `1.0`, `1e0`), if it fits; nil for anything else.
    package func integer<Number: FixedWidthInteger>(as type: Number.Type = Number.self) -> Number? {
        node.pointee.kind == .number ? JSONNumber.integer(bytes) : nil
    }

    private var wholeNumber: String? {
        integer(as: Int64.self).map { String($0) } ?? integer(as: UInt64.self).map { String($0) }
    }

    /// A text, or a whole number spelled out without rounding, as numbers come where texts are meant; nil when it is null
    /// or blank. Throws for anything else.
    package func lenientText() throws(UnexpectedShape) -> String? {
        if isNull { return nil }
        if let text = string { return text.isBlank ? nil : text }
        guard let number = wholeNumber else { throw UnexpectedShape() }
        return number
    }

    /// Of a list; nothing of anything else.
    package var elements: Elements { Elements(of: self, isList) }

    /// Of an object, in their order; nothing of anything else.
    package var members: Members { Members(elements: Elements(of: self, isObject)) }

    fileprivate var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text + Int(node.pointee.start), count: Int(node.pointee.length))
    }

    /// Whether it is this text.
    @inline(__always)
    package func isText(_ name: StaticString) -> Bool {
        guard node.pointee.kind == .plainText else { return node.pointee.kind == .text && string == "\(name)" }
        let count = name.utf8CodeUnitCount
        guard Int(node.pointee.length) == count else { return false }
        let left = UnsafeRawPointer(text + Int(node.pointee.start))
        let right = UnsafeRawPointer(name.utf8Start)
        guard count >= 8 else {
            for offset in 0..<count
            where left.load(fromByteOffset: offset, as: UInt8.self)
                != right.load(fromByteOffset: offset, as: UInt8.self)
            { return false }
            return true
        }
        // Eight bytes at a time; the last eight may overlap those before.
        func differ(at offset: Int) -> Bool {
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        for offset in Swift.stride(from: 0, to: count - 8, by: 8) where differ(at: offset) { return false }
        return !differ(at: count - 8)
    }

    package struct Elements: Sequence, IteratorProtocol {
        private let text: UnsafePointer<UInt8>
        private var node: UnsafePointer<JSONNode>
        private let end: UnsafePointer<JSONNode>

        fileprivate init(of container: JSONValue, _ isOne: Bool) {
            text = container.text
            node = container.node + 1
            end = isOne ? container.node + container.node.pointee.stride : node
        }

        package mutating func next() -> JSONValue? {
            guard node < end else { return nil }
            defer { node += node.pointee.stride }
            return JSONValue(text: text, node: node)
        }
    }

    package struct Members: Sequence, IteratorProtocol {
        fileprivate var elements: Elements

        package mutating func next() -> (key: JSONValue, value: JSONValue)? {
            guard let key = elements.next(), let value = elements.next() else { return nil }
            return (key, value)
        }
    }
}

/// Lets a `switch` tell keys apart.
package func ~= (name: StaticString, value: JSONValue) -> Bool { value.isText(name) }
