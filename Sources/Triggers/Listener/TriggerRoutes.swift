/// The secret paths and what answers on them.
struct TriggerRoutes: Sendable {
    private var entries: [(path: [UInt8], handler: TriggerListener.Handler)] = []

    init(_ routes: [String: TriggerListener.Handler]) {
        entries = routes.map { (Array($0.key.utf8), $0.value) }
    }

    /// Takes the same time whichever byte differs, and wherever the path is in the list: time would tell a stranger the
    /// path byte by byte. (Its length may show.)
    func handler(at path: [UInt8]) -> TriggerListener.Handler? {
        var found: TriggerListener.Handler?
        for entry in entries where Self.areEqual(entry.path, path) { found = entry.handler }
        return found
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
