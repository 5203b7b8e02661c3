/// Schoology's enrollment `status` (`sections/{id}/enrollments`).
public enum EnrollmentStatus: Int, Sendable, CaseIterable, CustomStringConvertible {
    case active = 1
    case expired = 2
    case invitePending = 3
    case requestPending = 4
    case archived = 5

    public var description: String {
        switch self {
        case .active: "active"
        case .expired: "expired"
        case .invitePending: "invite pending"
        case .requestPending: "request pending"
        case .archived: "archived"
        }
    }
}

/// One enrollment of a matched student in a matched section.
public struct EnrollmentCandidate: Sendable, Hashable {
    public var id: Int64
    public var status: Int
    public var isAdmin: Bool

    public init(id: Int64, status: Int, isAdmin: Bool) {
        self.id = id
        self.status = status
        self.isAdmin = isAdmin
    }
}

public enum EnrollmentChoice: Sendable, Hashable {
    case found(Int64)
    case notEnrolled
    /// Enrolled, but not as an active member; the status of the first such enrollment.
    case inactive(status: Int)
    case teacher
    case ambiguous

    /// A mark is written only to an active member's enrollment, and only when there is exactly one.
    public static func choose(_ candidates: [EnrollmentCandidate]) -> EnrollmentChoice {
        let members = candidates.filter { !$0.isAdmin }
        let active = members.filter { $0.status == EnrollmentStatus.active.rawValue }
        switch active.count {
        case 1: return .found(active[0].id)
        case 0: break
        default: return .ambiguous
        }
        if let member = members.first { return .inactive(status: member.status) }
        return candidates.isEmpty ? .notEnrolled : .teacher
    }
}
