/// The nodes of one JSON text (RFC 8259), found in one pass. Nothing is copied or decoded.
struct JSONIndex: ~Copyable {
    private(set) var nodes: UnsafeMutablePointer<JSONNode>
    private(set) var count = 0
    private var capacity: Int

    /// Nesting beyond this is refused, so that nothing that walks a text can run out of stack.
    static let deepest = 512

    /// False: the text is not JSON, and the nodes are good for nothing. As Foundation's decoder does, it passes over a comma
    /// before a closing bracket, and over numbers and texts that can't be read as long as nobody asks for them.
    private(set) var isComplete = false

    init(_ text: UnsafeBufferPointer<UInt8>) {
        // A guess that most texts keep to; else it grows.
        capacity = text.count / 10 + 16
        nodes = .allocate(capacity: capacity)
        guard let base = text.baseAddress, text.count < UInt32.max else { return }
        var scanner = JSONScanner(base, count: text.count)
        isComplete = scanner.scan(into: &self)
    }

    /// The whole text's value, good while `body` runs.
    borrowing func read<Answer, Failure: Error>(
        _ text: UnsafePointer<UInt8>, _ body: (JSONValue) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        try body(JSONValue(text: text, node: nodes))
    }

    deinit { nodes.deallocate() }

    @inline(__always)
    mutating func append(_ kind: JSONNode.Kind, start: Int, length: Int = 0) {
        if count == capacity { grow() }
        (nodes + count).initialize(to: JSONNode(kind: kind, start: UInt32(start), length: UInt32(length)))
        count += 1
    }

    /// All nodes since `container` are inside of it.
    mutating func close(_ container: Int) { nodes[container].length = UInt32(count - container - 1) }

    func isObject(_ node: Int) -> Bool { nodes[node].kind == .object }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<JSONNode>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: nodes, count: count)
        nodes.deallocate()
        nodes = larger
        capacity *= 2
    }
}
