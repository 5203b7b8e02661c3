import CCurl

extension SFTPTransfer {
    /// Whether a rename was refused in the way that OpenSSH, and protocol 3, refuse to replace a file: with the general
    /// failure. The words are libcurl's (`sftp_libssh2_strerror`); it has one code for all commands.
    func isTaken(_ code: CURLcode) -> Bool {
        isRefusal(code) && ["Operation failed", "File already exists"].contains { particular.hasSuffix($0) }
    }

    /// Whether there was nothing to remove.
    func isMissing(_ code: CURLcode) -> Bool {
        isRefusal(code) && particular.hasSuffix("No such file or directory")
    }

    /// Whether a command was refused, not cut off: libcurl has one code for both.
    private func isRefusal(_ code: CURLcode) -> Bool {
        code == CURLE_QUOTE_ERROR && !isHungUp && !sockets.isCancelled
    }

    /// What libcurl's result means for the caller.
    func error(_ code: CURLcode, _ step: Step) -> SFTPError {
        if sockets.isCancelled { return .cancelled }
        switch code {
        case CURLE_OUT_OF_MEMORY: return .resources(detail: "out of memory")
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(renamed: renamed(step))
        // libcurl says so as well where the connection ended during the login.
        case CURLE_LOGIN_DENIED:
            return isHungUp
                ? .cannotConnect(
                    detail:
                        "\(address.knownHost): the connection ended during the login; if it goes on, the server may be refusing it"
                ) : .refusedCredential
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .unusableAddress(detail: detail(code))
        case CURLE_PEER_FAILED_VERIFICATION:
            switch verdict {
            case .unknown: return .hostKeyUnknown
            case .changed: return .hostKeyChanged
            // The server could not prove that it has the key that it shows.
            case .notSeen, .known: return .cannotConnect(detail: detail(code))
            }
        default: break
        }
        // libcurl connects again where the connection ended between two steps.
        guard isConnected else {
            if sockets.isOutOfResources { return .resources(detail: detail(code)) }
            return step == .write
                ? .cannotConnect(detail: detail(code)) : .cut(renamed: renamed(step), detail: detail(code))
        }
        if isHungUp { return .cut(renamed: renamed(step), detail: detail(code)) }
        switch code {
        case CURLE_REMOTE_FILE_NOT_FOUND: return .noSuchPath
        case CURLE_REMOTE_ACCESS_DENIED: return .notPermitted
        case CURLE_REMOTE_DISK_FULL: return .noSpace
        // A write that the server refuses has this code and no words. On a file that it let us open, OpenSSH means its
        // disk, the user's quota or, rarely, a fault of the disk.
        case CURLE_SSH where step == .write && particular.isEmpty: return .noSpace
        case CURLE_QUOTE_ERROR where particular.hasSuffix("Permission denied"): return .notPermitted
        case CURLE_QUOTE_ERROR where particular.hasSuffix("No such file or directory"):
            return .refused(detail: "\(detail(code)): somebody else took the temporary file away")
        case CURLE_QUOTE_ERROR where particular.hasSuffix("Disk full") || particular.hasSuffix("quota exceeded"):
            return .noSpace
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR: return .cut(renamed: renamed(step), detail: detail(code))
        default: return .refused(detail: detail(code))
        }
    }

    /// Nil where it can't be told. A step that failed before it was sent is not told from one that lost its answer.
    func renamed(_ step: Step) -> Bool? {
        switch step {
        case .write: false
        case .rename, .remove: nil
        }
    }

    /// Whether the server's key was seen and accepted, in this step or on the connection that it took over.
    private var isConnected: Bool { verdict == .known || sockets.isReused }

    private var particular: String { String(cString: words) }

    /// libcurl's own words. They never hold a user name, a password or a byte of the file.
    private func detail(_ code: CURLcode) -> String {
        let text = particular.isEmpty ? String(cString: curl_easy_strerror(code)) : particular
        return "\(address.knownHost): \(text)"
    }
}
