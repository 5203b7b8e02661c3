import Foundation

@testable import Sandbox

/// A file system of a few megabytes in memory, in a mount namespace of its own. It ends with the value, and with this
/// process. Needs root and the right to mount: `OpenSSHServer.canMakeUsers`.
final class SmallDisk {
    /// Seen from outside the namespace.
    let folder: String
    private let process: SupervisedProcess

    /// - Parameter bytes: its size.
    init(bytes: Int) throws {
        process = try SupervisedProcess(
            [
                "/usr/bin/unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--",
                "/bin/sh", "-c", "mount -t tmpfs -o mode=700,size=$1 tmpfs /mnt && echo mounted && exec cat >/dev/null",
                "sh", "\(bytes)",
            ])
        folder = "/proc/\(process.processID)/root/mnt"
        guard process.awaitOutput("mounted\n", milliseconds: 20_000) else {
            process.stop()
            throw TookTooLong(what: "a file system is mounted: \(process.output)")
        }
    }

    deinit { process.stop() }

    /// Takes all that is left of it.
    func fill() throws {
        let descriptor = open("\(folder)/filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        let page = [UInt8](repeating: 1, count: 4096)
        while write(descriptor, page, page.count) > 0 {}
    }

    func free() throws { try FileManager.default.removeItem(atPath: "\(folder)/filler") }
}

extension Installation {
    /// The state goes there; it must not have begun.
    func keepState(on disk: SmallDisk) throws {
        try FileManager.default.createSymbolicLink(atPath: stateFolder.path, withDestinationPath: disk.folder)
    }
}
