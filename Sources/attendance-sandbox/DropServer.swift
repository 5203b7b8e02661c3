import Sandbox

/// The SFTP server of the drop folder, or why there is none.
enum DropServer {
    case running(OpenSSHServer)
    case none(reason: String)

    init(folder: DropFolder, options: BackwardOptions) {
        guard !options.noSftp else {
            self = .none(reason: "--no-sftp was given")
            return
        }
        do {
            self = .running(try OpenSSHServer.start(folder: folder.path, login: options.sftpLogin.login))
        } catch {
            self = .none(reason: error.description)
        }
    }

    var server: OpenSSHServer? {
        switch self {
        case .running(let server): server
        case .none: nil
        }
    }

    var missing: String? {
        switch self {
        case .running: nil
        case .none(let reason): reason
        }
    }
}
