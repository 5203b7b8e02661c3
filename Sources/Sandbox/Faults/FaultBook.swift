/// The faults that are installed, and how often each has struck.
struct FaultBook: Sendable {
    /// A code for one item of a PUT.
    struct ItemCode: Sendable {
        let code: Int
        let message: String?
        let isApplied: Bool
    }

    private struct Entry: Sendable {
        let id: Int
        let fault: Fault
        var seen = 0
        var struck = 0

        /// Counts a match; true if the fault strikes.
        mutating func strikes(_ random: inout SplitMix64) -> Bool {
            seen += 1
            guard seen > fault.skip, struck < fault.count ?? .max else { return false }
            guard fault.probability >= 1 || random.unit() < fault.probability else { return false }
            struck += 1
            return true
        }
    }

    private var entries: [Entry] = []
    private var nextID = 1
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed ^ 0xFA17)
    }

    mutating func add(_ fault: Fault) -> Int {
        defer { nextID += 1 }
        entries.append(Entry(id: nextID, fault: fault))
        return nextID
    }

    mutating func remove(_ id: Int) {
        entries.removeAll { $0.id == id }
    }

    mutating func removeAll() {
        entries = []
    }

    /// How often a fault has struck.
    func struck(_ id: Int) -> Int {
        entries.first { $0.id == id }?.struck ?? 0
    }

    /// The faults that strike this request. Item codes strike items, so they aren't among them.
    mutating func take(_ request: WireRequest, from side: SandboxSide) -> [Fault] {
        var result: [Fault] = []
        for index in entries.indices {
            if case .itemCode = entries[index].fault.action { continue }
            guard entries[index].fault.matches(request, from: side) else { continue }
            if entries[index].strikes(&random) { result.append(entries[index].fault) }
        }
        return result
    }

    /// The code that strikes an item of a PUT, if one does.
    mutating func itemCode(path: String, enrollment: String) -> ItemCode? {
        let request = WireRequest(method: "PUT", target: path)
        for index in entries.indices {
            guard case .itemCode(let code, let message, let enrollments) = entries[index].fault.action,
                entries[index].fault.matches(request, from: .schoology), enrollments?.contains(enrollment) ?? true,
                entries[index].strikes(&random)
            else { continue }
            return ItemCode(code: code, message: message, isApplied: entries[index].fault.isApplied)
        }
        return nil
    }
}
