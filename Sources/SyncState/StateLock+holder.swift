import Glibc

extension StateLock {
    /// The process that holds the lock, as the kernel tells (proc(5), `/proc/locks`); 0 where it is another container's, nil
    /// where nobody does. To try the lock instead would for a moment keep a daemon from starting.
    static func holder(path: String) -> pid_t? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        // The kernel gives the list in pieces, and one that changes meanwhile may have a line less.
        for _ in 0..<5 {
            if let holder = holder(information) { return holder }
        }
        return nil
    }

    private static func holder(_ information: stat) -> pid_t? {
        guard let locks = fopen("/proc/locks", "r") else { return nil }
        defer { fclose(locks) }
        // As glibc's macros major() and minor(), which Swift can't call, take it apart.
        let device = UInt64(information.st_dev)
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, Int32(buffer.count), locks) != nil {
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 6, words[1] == "FLOCK", let process = pid_t(words[4]) else { continue }
            let place = words[5].split(separator: ":")
            guard place.count == 3, UInt64(place[0], radix: 16) == major, UInt64(place[1], radix: 16) == minor,
                UInt64(place[2]) == UInt64(information.st_ino)
            else { continue }
            return process
        }
        return nil
    }
}

extension SyncState {
    /// The process that runs the district's cycles, if there is one.
    public static func holder(directory: String, district: String) -> pid_t? {
        StateLock.holder(path: "\(directory)/\(district).lock")
    }
}
