import CCurl

extension SFTPTransfer {
    /// Sets up a fresh or reset handle. False when there is no memory.
    func configure(_ easy: UnsafeMutableRawPointer, _ step: Step, knownHosts: String) -> Bool {
        setConnection(easy) && setLogin(easy) && set(easy, CURLOPT_SSH_KNOWNHOSTS, knownHosts)
            && setStep(easy, step) && setCallbacks(easy)
    }

    private func setConnection(_ easy: UnsafeMutableRawPointer) -> Bool {
        let isLoopback = URLParts(upload.url)?.isLoopback ?? false
        return set(easy, CURLOPT_PROTOCOLS_STR, "sftp")
            && set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
            && set(easy, CURLOPT_PATH_AS_IS, 1)
            && set(easy, CURLOPT_NOSIGNAL, 1)
            && set(easy, CURLOPT_QUICK_EXIT, 1)
            && set(easy, CURLOPT_TCP_KEEPALIVE, 1)
            // libcurl takes 0 as no timeout, and as its own default.
            && set(easy, CURLOPT_TIMEOUT_MS, max(remaining, 1))
            && set(easy, CURLOPT_CONNECTTIMEOUT_MS, max(connectTimeout.milliseconds, 1))
            && set(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
            && set(easy, CURLOPT_LOW_SPEED_TIME, max(stallTimeout.milliseconds / 1000, 1))
            && (!isLoopback || set(easy, CURLOPT_NOPROXY, "*"))
    }

    private func setLogin(_ easy: UnsafeMutableRawPointer) -> Bool {
        // No agent, and with a private key no password.
        switch upload.credential {
        case .password(let user, let password):
            return set(easy, CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD))
                && set(easy, CURLOPT_USERNAME, user) && set(easy, CURLOPT_PASSWORD, password)
        case .privateKey(let user, let path):
            return set(easy, CURLOPT_SSH_AUTH_TYPES, Int(CURLSSH_AUTH_PUBLICKEY))
                && set(easy, CURLOPT_USERNAME, user) && set(easy, CURLOPT_SSH_PRIVATE_KEYFILE, path)
        }
    }

    private func setStep(_ easy: UnsafeMutableRawPointer, _ step: Step) -> Bool {
        let (temporary, real) = (address.argument(temporaryName), address.argument(address.name))
        switch step {
        case .write:
            return set(easy, CURLOPT_URL, address.url(of: temporaryName)) && set(easy, CURLOPT_UPLOAD, 1)
                && ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(upload.bytes.count)) == CURLE_OK
        case .rename:
            return setCommands(easy, ["rename \(temporary) \(real)"])
        case .remove:
            return setCommands(easy, ["rm \(real)"])
        }
    }

    private func setCommands(_ easy: UnsafeMutableRawPointer, _ texts: [String]) -> Bool {
        curl_slist_free_all(commands)
        commands = nil
        for text in texts {
            guard let longer = curl_slist_append(commands, text) else { return false }
            commands = longer
        }
        return set(easy, CURLOPT_URL, address.directoryURL) && set(easy, CURLOPT_NOBODY, 1)
            && ccurl_set_list(easy, CURLOPT_QUOTE, commands) == CURLE_OK
    }

    private func setCallbacks(_ easy: UnsafeMutableRawPointer) -> Bool {
        // Not retained: `run` outlives the handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        return ccurl_set_error_buffer(easy, words) == CURLE_OK
            && ccurl_set_on_read(
                easy,
                { buffer, size, count, context in
                    SFTPTransfer.from(context).give(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
                }, context) == CURLE_OK
            && ccurl_set_on_progress(
                easy, { context, _, _, _, _ in SFTPTransfer.from(context).isToGoOn() ? 0 : 1 }, context) == CURLE_OK
            && ccurl_set_on_host_key(
                easy,
                { _, _, _, match, context in
                    let isAccepted = SFTPTransfer.from(context).accept(match)
                    return Int32((isAccepted ? CURLKHSTAT_FINE : CURLKHSTAT_REJECT).rawValue)
                }, context) == CURLE_OK
            && ccurl_set_on_socket(
                easy,
                { context, _, address in SFTPTransfer.from(context).sockets.open(address!.pointee) },
                { context, socket in SFTPTransfer.from(context).sockets.close(socket) }, context) == CURLE_OK
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> SFTPTransfer {
        Unmanaged<SFTPTransfer>.fromOpaque(context!).takeUnretainedValue()
    }

    private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int) -> Bool {
        ccurl_set_long(easy, option, value) == CURLE_OK
    }

    private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String) -> Bool {
        ccurl_set_string(easy, option, value) == CURLE_OK
    }
}
