import Crypto

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `attendance.csv` as it lies in the drop folder.
struct DroppedFile {
    /// "Filenames are case sensitive", and no other is looked at.
    static let name = "attendance.csv"

    let bytes: [UInt8]
    let stamp: FileStamp

    /// Nil if the folder has no such file. A link or a folder of that name is none.
    init?(in folder: String) {
        let file = open("\(folder)/\(Self.name)", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        self.bytes = bytes
        stamp = FileStamp(
            modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec, size: bytes.count,
            digest: SHA256.hash(data: bytes))
    }
}
