import Glibc

/// Why a request can't be signed.
public enum OAuthError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Not an absolute URL.
    case unsignableURL
    /// The file that keeps the last timestamp can't be opened, locked, read or written. `code` is the errno.
    /// Heals by itself when the file can be used again.
    case timestampFile(path: String, code: Int32)

    public var description: String {
        switch self {
        case .unsignableURL: "the address is not an absolute one"
        case .timestampFile(let path, let code): "\(path): \(String(cString: strerror(code)))"
        }
    }
}
