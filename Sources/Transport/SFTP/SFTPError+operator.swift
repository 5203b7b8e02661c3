extension SFTPError: CustomStringConvertible {
    /// What happened, in a sentence's words. Holds no secret.
    public var description: String {
        switch self {
        case .unusableAddress(let detail): "the SFTP address can't be used: \(detail)"
        case .cannotConnect(let detail): "no connection to the SFTP server: \(detail)"
        case .hostKeyUnknown: "the known-hosts file doesn't have the key that the SFTP server shows"
        case .hostKeyChanged: "the SFTP server's key is not the one in the known-hosts file"
        case .unreadableFile(let path): "the file \(path) can't be read"
        case .refusedCredential: "the SFTP server refused the login"
        case .noSpace: "the SFTP server could not store the file: its disk or the user's quota may be full"
        case .notPermitted: "the SFTP server doesn't let this user write there"
        case .noSuchPath: "the SFTP server doesn't have the directory"
        case .cut(_, let detail): "the connection to the SFTP server was cut: \(detail)"
        case .timedOut: "the SFTP server took too long"
        case .cancelled: "the upload was cancelled"
        case .resources(let detail): "this machine ran out of memory, threads or open files: \(detail)"
        case .refused(let detail): "the SFTP server refused: \(detail)"
        }
    }

    /// What to do about it.
    public func repair(at place: SFTPPlace) -> String {
        switch self {
        case .unusableAddress:
            "write url in [district.clever.sftp] as sftp://\(place.host):\(place.port)/~/attendance.csv; "
                + "user and password go into files of their own"
        case .cannotConnect:
            "it is tried again; if it lasts, check the host and port of the URL, and that the firewall lets this "
                + "machine connect there"
        case .hostKeyUnknown:
            "run `ssh-keyscan \(place.scanned)`, compare the keys (`ssh-keygen -lf -`) with those that the server's "
                + "operator publishes, Clever for sftp.clever.com, and add the lines to \(place.knownHostsFile); an "
                + "ssh-ed25519 or ecdsa line is the one that counts, as servers no longer take part in the old ssh-rsa"
        case .hostKeyChanged:
            "somebody may be posing as the server: ask its operator, Clever for sftp.clever.com, whether the key was "
                + "replaced and what its fingerprint is; only then remove the old lines with "
                + "`ssh-keygen -f \(place.knownHostsFile) -R \(place.entry)` and add those of "
                + "`ssh-keyscan \(place.scanned)`"
        case .unreadableFile:
            "put the file there, or mend its owner and mode so that the service's user can read it"
        case .refusedCredential:
            "compare user name and password with the sync settings of the district at Clever, and look for a line "
                + "break or a space too many in their files (\(place.loginFiles)); a private key must have no passphrase, must be known to "
                + "the server and should be an ed25519 one (`ssh-keygen -t ed25519`), as servers no longer take the "
                + "old RSA signatures"
        case .noSpace:
            "ask the server's operator, Clever for sftp.clever.com, to make room; the rows are kept and sent again"
        case .notPermitted:
            "check the directory in the URL, and ask the server's operator to let the user write, rename and remove "
                + "files there"
        case .noSuchPath:
            "check the directory in the URL; /~/ is the user's home directory, and directories are never created"
        case .cut, .timedOut, .cancelled:
            "nothing: the rows are kept and sent again"
        case .resources:
            "it is tried again; if it lasts, give the service more memory or open files"
        case .refused:
            "it is tried again; if it lasts, ask the server's operator, and look whether the file name in the URL is "
                + "a directory there"
        }
    }

    /// True when it stays as it is until a person acts; false when trying again later may do.
    public var isOperatorProblem: Bool {
        switch self {
        case .unusableAddress, .hostKeyUnknown, .hostKeyChanged, .unreadableFile, .refusedCredential, .noSpace,
            .notPermitted, .noSuchPath:
            true
        case .cannotConnect, .cut, .timedOut, .cancelled, .resources, .refused: false
        }
    }
}
