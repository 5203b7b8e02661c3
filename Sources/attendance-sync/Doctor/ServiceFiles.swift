import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import Synchronization

/// Whether the service can use the files of its configuration. Root can read all of them, and checks as root; the service has a
/// user of its own, and is handed only the secrets in the folder for secrets (`LoadCredential=` in its unit).
struct ServiceFiles {
    /// What was read for a configuration, each file with its mode.
    final class Recorder: Sendable {
        private let read = Mutex<[(path: String, mode: UInt32)]>([])

        var files: [(path: String, mode: UInt32)] { read.withLock { $0 } }

        var access: FileAccess {
            FileAccess(
                read: { [self] path, limit in
                    let result = FileAccess.real.read(path, limit)
                    if case .success(let file) = result {
                        read.withLock { read in
                            if !read.contains(where: { $0.path == path }) { read.append((path, file.mode)) }
                        }
                    }
                    return result
                }, currentDirectory: FileAccess.real.currentDirectory)
        }
    }

    struct Problem {
        var file: String
        var what: String
        var repair: String
    }

    /// Nil where it isn't the unit's configuration, or the unit has no user of its own (an administrator who
    /// gave it another has seen to what that one can read).
    static func ofUnit(_ loaded: LoadedConfiguration, configuration: String, files: [(path: String, mode: UInt32)])
        -> [Problem]?
    {
        guard geteuid() == 0, configuration == GlobalOptions.standardConfiguration,
            let unit = SystemdDoctor.units()?.first(where: \.isInstalled), unit.hasDynamicUser
        else { return nil }
        let overrides = loaded.configuration.districts.compactMap { settings -> (path: String, mode: UInt32)? in
            guard case .success(let file) = FileAccess.real.read(settings.matching.overridesFile, OverridesFile.largest)
            else {
                return nil
            }
            return (settings.matching.overridesFile, file.mode)
        }
        return problems(of: files + overrides, secrets: secrets(loaded), configuration: configuration)
    }

    static func problems(
        of files: [(path: String, mode: UInt32)], secrets: Set<String>, configuration: String
    ) -> [Problem] {
        let folder = URL(fileURLWithPath: configuration).deletingLastPathComponent().appending(path: SecretsFolder.name)
            .path
        return files.compactMap { file in
            if secrets.contains(file.path) {
                guard !file.path.hasPrefix(folder + "/"), !file.path.hasPrefix("/run/credentials/") else { return nil }
                return Problem(
                    file: file.path, what: "the service is not given it: its unit hands over what is in \(folder)",
                    repair: "`mv \(file.path) \(folder)/`, or name it with a LoadCredential= of its own in the unit")
            }
            guard file.mode & 0o004 == 0 else { return nil }
            return Problem(
                file: file.path, what: "the service, which has a user of its own, can't read it",
                repair: "`chmod 644 \(file.path)`: it holds no secret")
        }
    }

    private static func secrets(_ loaded: LoadedConfiguration) -> Set<String> {
        Set(
            loaded.configuration.districts.flatMap { settings in
                var files = [
                    settings.clever.token.file, settings.schoology.consumerKey.file,
                    settings.schoology.consumerSecret.file,
                ]
                if let sftp = settings.clever.sftp {
                    files.append(sftp.username.file)
                    switch sftp.credential {
                    case .password(let password): files.append(password.file)
                    case .privateKeyFile(let path): files.append(path)
                    }
                }
                if let triggers = settings.schoology.triggers { files.append(triggers.path.file) }
                return files
            })
    }
}
