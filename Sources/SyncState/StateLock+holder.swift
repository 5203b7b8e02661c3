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
        return holderByDescriptors(information)
    }

    /// Looks among the descriptors of the processes that may be looked at: in an overlay, as containers have, the list of
    /// locks names the file by another device and number than `stat` does.
    static func holderByDescriptors(_ information: stat) -> pid_t? {
        for process in numbers(in: "/proc") {
            for descriptor in numbers(in: "/proc/\(process)/fd") {
                var its = stat()
                guard stat("/proc/\(process)/fd/\(descriptor)", &its) == 0, its.st_ino == information.st_ino,
                    its.st_dev == information.st_dev,
                    lines(of: "/proc/\(process)/fdinfo/\(descriptor)", while: { !$0.hasPrefix("lock:") })
                else { continue }
                return process
            }
        }
        return nil
    }

    private static func numbers(in folder: String) -> [pid_t] {
        guard let entries = opendir(folder) else { return [] }
        defer { closedir(entries) }
        var numbers: [pid_t] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = pid_t(name) { numbers.append(number) }
        }
        return numbers
    }

    /// - Returns: whether a line ended it.
    private static func lines(of file: String, while goesOn: (String) -> Bool) -> Bool {
        guard let file = fopen(file, "r") else { return false }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !goesOn(line) { return true }
        }
        return false
    }

    private static func holder(_ information: stat) -> pid_t? {
        // As glibc's macros major() and minor(), which Swift can't call, take it apart.
        let device = UInt64(information.st_dev)
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        var holder: pid_t?
        _ = lines(of: "/proc/locks") { line in
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 6, words[1] == "FLOCK", let process = pid_t(words[4]) else { return true }
            let place = words[5].split(separator: ":")
            guard place.count == 3, UInt64(place[0], radix: 16) == major, UInt64(place[1], radix: 16) == minor,
                UInt64(place[2]) == UInt64(information.st_ino)
            else { return true }
            holder = process
            return false
        }
        return holder
    }
}

extension SyncState {
    /// The process that runs the district's cycles, if there is one.
    public static func holder(directory: String, district: String) -> pid_t? {
        StateLock.holder(path: "\(directory)/\(district).lock")
    }
}
