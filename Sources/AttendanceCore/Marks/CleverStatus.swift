/// Clever's `attendance_status` (Attendance API v3.1). There is no "excused": that is in the excuse code.
public enum CleverStatus: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case present = 1
    case absent = 2
    case tardy = 3

    public init?(name: some StringProtocol) {
        guard let status = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = status
    }

    public var name: StaticString {
        switch self {
        case .present: "present"
        case .absent: "absent"
        case .tardy: "tardy"
        }
    }

    public var description: String { "\(name)" }
}
