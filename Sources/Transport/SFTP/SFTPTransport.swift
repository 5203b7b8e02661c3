/// Where `attendance.csv` goes: libcurl's SFTP in the daemon, a model of the drop folder in the simulator.
public protocol SFTPTransport: Sendable {
    /// Uploads under the temporary name and renames. Where the server's rename can't replace a file (libssh2's doesn't
    /// ask OpenSSH for it), the old one is removed first; a cut between the two leaves no file, which `.cut` tells.
    func upload(_ upload: SFTPUpload) async throws(SFTPError)
}
