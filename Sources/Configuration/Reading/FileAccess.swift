import Foundation
import Glibc

/// The file system as the loader sees it, so that a test can be one.
public struct FileAccess: Sendable {
    public struct File: Sendable, Hashable {
        public var bytes: [UInt8]
        /// The permission bits, `0o600`.
        public var mode: UInt32

        public init(bytes: [UInt8], mode: UInt32) {
            self.bytes = bytes
            self.mode = mode
        }
    }

    public enum Problem: Error, Sendable, Hashable {
        case missing
        case notAFile
        case tooLarge(limit: Int)
        /// The operating system's words.
        case unreadable(String)
    }

    /// Reads a file of at most `limit` bytes.
    public var read: @Sendable (_ path: String, _ limit: Int) -> Result<File, Problem>
    /// Absolute, without a slash at the end.
    public var currentDirectory: @Sendable () -> String

    public init(
        read: @escaping @Sendable (_ path: String, _ limit: Int) -> Result<File, Problem>,
        currentDirectory: @escaping @Sendable () -> String
    ) {
        self.read = read
        self.currentDirectory = currentDirectory
    }

    /// The file system of this machine.
    public static let real = FileAccess(
        read: { path, limit in readRegularFile(path, limit: limit) },
        currentDirectory: { FileManager.default.currentDirectoryPath })

    /// Opened without blocking, so that a FIFO where a file should be can't hang the start.
    private static func readRegularFile(_ path: String, limit: Int) -> Result<File, Problem> {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            return .failure(errno == ENOENT ? .missing : .unreadable(String(cString: strerror(errno))))
        }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            return .failure(.unreadable(String(cString: strerror(errno))))
        }
        guard information.st_mode & S_IFMT == S_IFREG else { return .failure(.notAFile) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(.unreadable(String(cString: strerror(errno))))
            }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > limit { return .failure(.tooLarge(limit: limit)) }
        }
        return .success(File(bytes: bytes, mode: UInt32(information.st_mode & 0o7777)))
    }
}
