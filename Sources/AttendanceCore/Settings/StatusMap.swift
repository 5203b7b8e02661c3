/// `[district.status_map]`: Clever's `attendance_status` and `excuse_code` to Schoology's status, and back.
public struct StatusMap: Sendable, Hashable {
    /// One `attendance_status`: what each excuse code means.
    public struct Row: Sendable, Hashable {
        /// Key `none`: no excuse code.
        public var withoutCode: Status?
        /// A code, exactly as the district writes it.
        public var codes: [String: Status]
        /// Key `"*"`: any code that is not listed.
        public var anyOtherCode: Status?

        public init(withoutCode: Status?, codes: [String: Status] = [:], anyOtherCode: Status?) {
            self.withoutCode = withoutCode
            self.codes = codes
            self.anyOtherCode = anyOtherCode
        }
    }

    /// What `attendance.csv` says for one Schoology status.
    public struct CleverValue: Sendable, Hashable {
        public var status: CleverStatus
        public var excuseCode: String?

        public init(status: CleverStatus, excuseCode: String? = nil) {
            self.status = status
            self.excuseCode = excuseCode
        }
    }

    public var present: Row
    public var absent: Row
    public var tardy: Row
    public var toClever: [Status: CleverValue]

    public init(present: Row, absent: Row, tardy: Row, toClever: [Status: CleverValue]) {
        self.present = present
        self.absent = absent
        self.tardy = tardy
        self.toClever = toClever
    }

    /// The documented default: `E` and `MED` excuse an absence, and nothing else does.
    public static let standard = StatusMap(
        present: Row(withoutCode: .present, anyOtherCode: .present),
        absent: Row(withoutCode: .absent, codes: ["E": .excused, "MED": .excused], anyOtherCode: .absent),
        tardy: Row(withoutCode: .late, anyOtherCode: .late),
        toClever: [
            .present: CleverValue(status: .present), .absent: CleverValue(status: .absent),
            .late: CleverValue(status: .tardy), .excused: CleverValue(status: .absent, excuseCode: "E"),
        ])

    /// The status that a Clever mark means, or nil where the map has no entry for it. An empty code is no code.
    public func status(of clever: CleverStatus, excuseCode: String?) -> Status? {
        let row =
            switch clever {
            case .present: present
            case .absent: absent
            case .tardy: tardy
            }
        guard let excuseCode, !excuseCode.isEmpty else { return row.withoutCode }
        return row.codes[excuseCode] ?? row.anyOtherCode
    }

    /// The Schoology statuses whose way to Clever and back ends at another status. Must be empty.
    public var statusesThatDoNotReturn: [Status] {
        Status.allCases.filter { status in
            guard let value = toClever[status] else { return true }
            return self.status(of: value.status, excuseCode: value.excuseCode) != status
        }
    }
}
