import AttendanceCore
import Transport

/// What a person does about a credential that is refused, with the files of this district.
extension CleverSettings {
    public var tokenRepair: String {
        "put a valid district token into \(token.place) (Clever's dashboard shows it; a new one ends the old one); "
            + token.whenItCounts
    }
}

extension SchoologySettings {
    public var keyRepair: String {
        let files =
            consumerKey.file.isEmpty ? "their files" : "\(consumerKey.place) and \(consumerSecret.place)"
        return
            "put a valid consumer key and secret into \(files): an app key of the school or of an approved app, as a "
            + "person's own key may not read other users' data; " + consumerKey.whenItCounts
    }
}

extension SFTPSettings {
    public func repair(of error: SFTPError) -> String {
        let login =
            switch credential {
            case .password(let password): "\(username.place) and \(password.place)"
            case .privateKeyFile(let path): "\(username.place) and \(Secret("", file: path).place)"
            }
        return error.repair(at: SFTPPlace(url: url, knownHostsFile: knownHostsFile, loginFiles: login))
    }
}

extension Secret {
    /// Where systemd puts what LoadCredential= names (systemd.exec(5)): a copy, made when the service starts.
    private static let systemd = "/run/credentials/"

    fileprivate var place: String {
        guard file.hasPrefix(Self.systemd), let name = file.split(separator: "/").last else {
            return file.isEmpty ? "its file" : file
        }
        return SecretsFolder.file(ofCredential: name)
            .map { "\($0) in the folder for secrets (/etc/attendance-sync/\(SecretsFolder.name))" }
            ?? "the file of LoadCredential=\(name) in the service's unit"
    }

    fileprivate var whenItCounts: String {
        let restart =
            "then `systemctl try-restart 'attendance-sync*'`, as systemd reads the file when the service starts"
        if file.hasPrefix(Self.systemd) { return restart }
        // Seen from an operator's command: a service under systemd has copies of this folder's files.
        return file.contains("/\(SecretsFolder.name)/")
            ? "\(restart); without systemd the next cycle goes on by itself" : "the next cycle goes on by itself"
    }
}
