/// What Clever says of one student in one section on one day.
public struct CleverMark: Sendable, Hashable {
    public var status: CleverStatus
    /// The district's own code; nil when there is none.
    public var excuseCode: String?
    public var lastModified: Timestamp
    /// True when it comes from a daily record rather than from one of the section.
    public var daily: Bool

    public init(status: CleverStatus, excuseCode: String?, lastModified: Timestamp, daily: Bool) {
        self.status = status
        self.excuseCode = excuseCode
        self.lastModified = lastModified
        self.daily = daily
    }

    /// A section record outranks a daily one for its key, whatever it says and however old it is.
    public static func effective(section: CleverMark?, daily: CleverMark?) -> CleverMark? {
        section ?? daily
    }
}
