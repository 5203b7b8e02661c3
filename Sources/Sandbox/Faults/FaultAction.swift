/// What goes wrong.
public enum FaultAction: Sendable, Hashable {
    /// The answer is this status. Without a body it has the side's usual one; Clever's 429 is empty.
    case status(Int, body: String? = nil, retryAfter: Int? = nil)
    /// An HTML page, as from a proxy that has lost its backend.
    case html(status: Int)
    /// The connection is reset without an answer.
    case reset
    /// Nothing comes for so long; then the answer if the request is applied, else a reset.
    case hang(seconds: Double)
    /// The connection closes after so many bytes of the body (nil: half of it).
    case truncated(bytes: Int? = nil)
    /// `Content-Length` is wrong by so many bytes, and the connection closes.
    case contentLength(offset: Int)
    /// A PUT is answered with so many items more (or, negative, fewer) than it had.
    case itemCount(offset: Int)
    /// An item of a PUT is answered with this code; nil enrollments: any.
    case itemCode(Int, message: String? = nil, enrollments: Set<String>? = nil)
    /// Lists of one are written as their element.
    case singleObjects
    /// Numbers are written as strings.
    case numbersAsStrings
    /// Null and empty lists are written `""`.
    case emptyForNull
    /// The server's clock, in `Date` and in the timestamp check, is so many seconds ahead (negative: behind).
    case clockSkew(seconds: Int)
    /// `next` leads to the same page once more.
    case repeatedPages
    /// Clever refuses every cursor with 400.
    case expiredCursors
    /// `links` are left out.
    case absentLinks
}
