import ArgumentParser
import Sandbox

/// `--sftp-login`.
enum SFTPLogin: String, ExpressibleByArgument, CaseIterable {
    case key, password

    var login: SSHLogin {
        switch self {
        case .key: .key
        case .password: .password
        }
    }
}
