import Foundation

@testable import Sandbox

/// A file system of a few megabytes in memory, mounted over a folder in a mount namespace of its own: a program that is
/// started in there sees it. It ends with the value, and with this process. Needs root and the right to mount:
/// `OpenSSHServer.canMakeUsers`.
final class SmallDisk: Sendable {
    private let process: SupervisedProcess
    private let filler: String

    init(bytes: Int, over folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = try SupervisedProcess([
            "/usr/bin/unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--",
            "/bin/sh", "-c",
            "mount -t tmpfs -o mode=700,size=$2 tmpfs \"$1\" && echo mounted && exec cat >/dev/null", "sh", folder.path,
            "\(bytes)",
        ])
        // SQLite makes a path absolute by following links, and this one seems to lead out of the namespace.
        filler = "/proc/\(process.processID)/root\(folder.path)/filler"
        guard process.awaitOutput("mounted\n", milliseconds: 20_000) else {
            process.stop()
            throw TookTooLong(what: "a file system is mounted: \(process.output)")
        }
    }

    deinit { process.stop() }

    /// What goes before a command that is to see it.
    var entrance: [String] { ["/usr/bin/nsenter", "--mount=/proc/\(process.processID)/ns/mnt", "--"] }

    /// Takes all that is left of it.
    func fill() throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, page, page.count) > 0 {}
    }

    func free() throws { try FileManager.default.removeItem(atPath: filler) }
}
