/// Clever's `attendance_status` (Attendance API v3.1). There is no "excused": that is in the excuse code.
public enum CleverStatus: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case present = 1
    case absent = 2
    case tardy = 3

    public init?(name: some StringProtocol) {
        switch name {
        case "present": self = .present
        case "absent": self = .absent
        case "tardy": self = .tardy
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .present: "present"
        case .absent: "absent"
        case .tardy: "tardy"
        }
    }
}
