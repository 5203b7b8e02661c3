/// What happened in simulations, in numbers.
public struct Tally: Sendable, Equatable, Codable {
    public var histories = 0
    /// Simulated time.
    public var milliseconds: Int64 = 0
    public var days = 0
    public var schoolDays = 0
    public var officeEdits = 0
    public var teacherEdits = 0
    public var rosterChanges = 0
    public var requests = 0
    public var puts = 0
    public var uploads = 0
    public var ingestions = 0
    public var cycles = 0
    public var boots = 0
    public var conflicts = 0
    /// Batches that an operator approved or discarded.
    public var held = 0
    /// Edits that nobody could have seen before they were overwritten: made between the last read and the write.
    public var unseeable = 0
    /// Faults that struck, by kind.
    public var faults: [String: Int] = [:]

    public init() {}

    mutating func strike(_ fault: String) { faults[fault, default: 0] += 1 }

    public static func += (left: inout Tally, right: Tally) {
        left.histories += right.histories
        left.milliseconds += right.milliseconds
        left.days += right.days
        left.schoolDays += right.schoolDays
        left.officeEdits += right.officeEdits
        left.teacherEdits += right.teacherEdits
        left.rosterChanges += right.rosterChanges
        left.requests += right.requests
        left.puts += right.puts
        left.uploads += right.uploads
        left.ingestions += right.ingestions
        left.cycles += right.cycles
        left.boots += right.boots
        left.conflicts += right.conflicts
        left.held += right.held
        left.unseeable += right.unseeable
        left.faults.merge(right.faults, uniquingKeysWith: +)
    }
}
