/// How a connection ended, to be counted: strangers can knock as often as they like without writing a log.
public enum TriggerOutcome: String, Sendable, Hashable, CaseIterable {
    /// 200: the handler noted it.
    case stored
    /// 200: an event that isn't about attendance, or about no mark.
    case nothingToDo
    /// 503: the handler couldn't note it, or took too long.
    case notStored
    /// 400 on a known path: the body is no event.
    case notUnderstood
    /// 404.
    case unknownPath
    /// 405.
    case wrongMethod
    /// 400: not HTTP.
    case malformed
    /// 413 or 431.
    case tooLarge
    /// 408: the request wasn't there in time.
    case tooSlow
    /// The client left before its request was whole.
    case hungUp
    /// Cut to make room for another.
    case crowdedOut
    /// No descriptor was left to accept it with.
    case notAccepted
}
