/// Why there is no SFTP server.
public struct OpenSSHError: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
