/// What a mark says, in Schoology's four codes (`sections/{id}/attendance`, field `status`).
///
/// `present` is the default: no mark and present are the same value on both sides and in the base.
public enum Status: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case present = 1
    case absent = 2
    case late = 3
    case excused = 4

    public init?(name: some StringProtocol) {
        switch name {
        case "present": self = .present
        case "absent": self = .absent
        case "late": self = .late
        case "excused": self = .excused
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .present: "present"
        case .absent: "absent"
        case .late: "late"
        case .excused: "excused"
        }
    }
}
