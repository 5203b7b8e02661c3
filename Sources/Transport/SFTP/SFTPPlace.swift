/// The server and the files that a repair names.
public struct SFTPPlace: Sendable {
    let host: String
    let port: Int
    let knownHostsFile: String
    let loginFiles: String

    /// - Parameter url: one that can't be uploaded to is named by placeholders.
    public init(url: String, knownHostsFile: String, loginFiles: String) {
        let address = try? SFTPAddress(url)
        host = address?.host ?? "HOST"
        port = address?.port ?? 22
        self.knownHostsFile = knownHostsFile
        self.loginFiles = loginFiles
    }

    /// As ssh-keyscan takes it.
    var scanned: String { port == 22 ? host : "-p \(port) \(host)" }

    /// As known-hosts files write it.
    var entry: String { port == 22 ? host : "'[\(host)]:\(port)'" }
}
