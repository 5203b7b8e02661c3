/// What can go wrong with a request, each at a rate that the scenario gives it for a while.
public enum FaultKind: String, Sendable, Hashable, CaseIterable {
    /// The request never arrives.
    case lostRequest = "lost_request"
    /// It is acted on, and nobody hears of it.
    case lostAnswer = "lost_answer"
    /// It arrives twice.
    case duplicate
    /// The answer takes up to two minutes: more than anybody waits.
    case slow
    /// The answer takes a few seconds, so that requests overtake each other.
    case sluggish
    case cannotConnect = "cannot_connect"
    case unauthorized = "401"
    /// A 401 that speaks of the timestamp.
    case badTimestamp = "401_timestamp"
    case forbidden = "403"
    case notFound = "404"
    case conflict = "409"
    case tooMany = "429"
    case tooManyWithoutTime = "429_without_retry_after"
    /// `Retry-After` of many minutes.
    case tooManyForLong = "429_for_long"
    case serverError = "5xx"
    /// The write is applied, and the answer is 5xx.
    case serverErrorApplied = "5xx_applied"
    /// A 4xx that nothing in the request explains.
    case badRequest = "400"
    /// The body ends early, and the connection with it.
    case truncated
    /// 200, and a page that isn't JSON, or half of it.
    case garbage
    /// An item of a PUT gets another code and isn't written.
    case itemCode = "item_code"
    /// An item is written, and its code says that it wasn't.
    case itemCodeApplied = "item_code_applied"
    /// A PUT is answered with more or fewer items than it had.
    case itemCount = "item_count"
    case repeatedPages = "repeated_pages"
    case missingPages = "missing_pages"
    case expiredCursors = "expired_cursors"
    /// Numbers as strings, lists of one as their element, "" for null.
    case oddJSON = "odd_json"
    // The way of the file.
    case uploadCannotConnect = "sftp_cannot_connect"
    case uploadCutBefore = "sftp_cut_before_rename"
    /// The old file was removed and the new one not renamed.
    case uploadCutBetween = "sftp_cut_between_remove_and_rename"
    case uploadCutAfter = "sftp_cut_after_rename"
    case uploadTimedOut = "sftp_timed_out"
    case uploadNoSpace = "sftp_no_space"
    case uploadRefused = "sftp_refused_password"
    case uploadNotPermitted = "sftp_not_permitted"
}
