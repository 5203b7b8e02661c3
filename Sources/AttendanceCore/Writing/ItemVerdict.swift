/// What a code that Schoology gave for one mark calls for.
public enum ItemVerdict: Sendable, Hashable {
    /// 2xx: the write happened, the base advances.
    case acknowledged
    /// 408, 409, 425, 429, 5xx: the write failed, by what the side says of it, and may work later.
    case retry
    /// 404, the first time: the enrollment may have been replaced, so the roster is refreshed once.
    case refreshRoster
    /// 410: the section belongs to the PowerSchool SIS Attendance App (Schoology, `sections/{id}/attendance`).
    case suspendSection
    /// Any other 4xx: rejected for good.
    case dead
    /// No code, or one that is none of HTTP's final ones: nobody knows, so it is read back.
    case unknown

    /// - Parameter rosterRefreshed: whether this write has already had its roster refreshed for a 404.
    public static func verdict(code: Int?, rosterRefreshed: Bool) -> ItemVerdict {
        guard let code else { return .unknown }
        switch code {
        case 200...299: return .acknowledged
        case 408, 409, 425, 429: return .retry
        case 404: return rosterRefreshed ? .dead : .refreshRoster
        case 410: return .suspendSection
        case 400...499: return .dead
        case 500...599: return .retry
        default: return .unknown
        }
    }

    /// Whether an item with a code that calls for another try may have been written all the same: a server that failed, or
    /// gave up waiting, may have done so after the write. One that says "conflict", "too early" or "too many" did not begin.
    public static func mayBeWritten(code: Int?) -> Bool {
        guard let code else { return true }
        return code == 408 || code >= 500
    }
}
