/// One file to put on an SFTP server, whole or not at all.
public struct SFTPUpload: Sendable, Equatable {
    /// The file's real name, `sftp://host:22/~/attendance.csv`: `/~/` is the home directory, as libcurl reads it.
    public var url: String
    /// In the same directory: what the file is called until it is whole.
    public var temporaryName: String
    public var bytes: [UInt8]
    public var credential: SFTPCredential
    /// OpenSSH's format. Only a host key that is in it is accepted.
    public var knownHostsFile: String
    /// From the first attempt to connect to the rename.
    public var timeout: Duration

    public init(
        url: String, temporaryName: String, bytes: [UInt8], credential: SFTPCredential, knownHostsFile: String,
        timeout: Duration = .seconds(300)
    ) {
        self.url = url
        self.temporaryName = temporaryName
        self.bytes = bytes
        self.credential = credential
        self.knownHostsFile = knownHostsFile
        self.timeout = timeout
    }
}
