import AttendanceCore
import Foundation
import Operations
import SyncState

/// The disk and the folder that the state is on.
struct DiskDoctor {
    private static let little: UInt64 = 1 << 30
    private static let tooLittle: UInt64 = 16 << 20

    let directory: String

    func checks() -> [Check] {
        guard FileManager.default.fileExists(atPath: directory) else {
            return [
                .ok("state folder", "\(directory) is not there yet; the first cycle makes it"),
                space(at: Self.nearestExisting(directory), stateSize: 0),
            ]
        }
        return [folder(), space(at: directory, stateSize: files().reduce(0) { $0 + $1.size })]
    }

    /// False for a folder that is there and closed to this user.
    static func mayLook(into directory: String) -> Bool {
        access(directory, R_OK | X_OK) == 0 || errno == ENOENT
    }

    private struct Item {
        var path: String
        var size: UInt64
        var mode: UInt32
        var owner: UInt32
    }

    private func files() -> [Item] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.sorted().compactMap { Self.item("\(directory)/\($0)") }
    }

    private static func item(_ path: String) -> Item? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return Item(
            path: path, size: UInt64(max(0, information.st_size)), mode: information.st_mode & 0o7777,
            owner: information.st_uid)
    }

    private func folder() -> Check {
        let name = "state folder"
        guard let folder = Self.item(directory) else {
            return .failed(
                name, "\(directory) can't be looked at", repair: "run doctor as root, or as the service's user")
        }
        guard Self.mayLook(into: directory) else {
            return .failed(
                name, "\(directory) belongs to \(Self.user(folder.owner)), and this user may not look into it",
                repair: "run doctor as root (`sudo attendance-sync doctor`), or as the service's user")
        }
        let files = files()
        var wrong: [String] = []
        var repairs: [String] = []
        if folder.mode & 0o077 != 0 {
            wrong.append("\(directory) has mode \(Self.octal(folder.mode))")
            repairs.append("chmod 700 \(directory)")
        }
        for file in files where file.mode & 0o077 != 0 {
            wrong.append("\(file.path) has mode \(Self.octal(file.mode))")
            repairs.append("chmod 600 \(file.path)")
        }
        for file in files where file.owner != folder.owner {
            wrong.append("\(file.path) belongs to \(Self.user(file.owner)), the folder to \(Self.user(folder.owner))")
            repairs.append("chown --reference=\(directory) \(file.path)")
        }
        guard wrong.isEmpty else {
            return .failed(
                name, "attendance could be read, or not be written, by the wrong user", wrong,
                repair: repairs.joined(separator: "; "))
        }
        return .ok(
            name,
            "\(directory), mode \(Self.octal(folder.mode)), of \(Self.user(folder.owner)); \(Words.count(files.count, "file")), none readable by others"
        )
    }

    private func space(at path: String, stateSize: UInt64) -> Check {
        let name = "free space"
        var information = statvfs()
        guard statvfs(path, &information) == 0 else {
            return .failed(
                name, "\(path): \(String(cString: strerror(errno)))", repair: "check the state folder's disk")
        }
        let free = UInt64(information.f_bavail) * UInt64(information.f_frsize)
        let found = "\(Self.size(free)) free for \(path), the state takes \(Self.size(stateSize))"
        let repair = "free space on the disk that holds \(path)"
        if free < Self.tooLittle { return .failed(name, found, repair: repair) }
        if information.f_files > 0, information.f_favail == 0 {
            return .failed(
                name, "no more files can be made on the disk of \(path)", repair: "remove files there that nobody needs"
            )
        }
        guard free >= Self.little, free >= 3 * stateSize else {
            return .warning(name, found, repair: "\(repair): 1 GB and three times the state are plenty")
        }
        return .ok(name, found)
    }

    private static func nearestExisting(_ path: String) -> String {
        var folder = URL(fileURLWithPath: path)
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }

    private static func user(_ id: UInt32) -> String {
        getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "user \(id)"
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func size(_ bytes: UInt64) -> String {
        switch bytes {
        case ..<1024: "\(bytes) B"
        case ..<(1 << 20): "\(bytes >> 10) KB"
        case ..<(10 << 30): "\(bytes >> 20) MB"
        default: "\(bytes >> 30) GB"
        }
    }
}
