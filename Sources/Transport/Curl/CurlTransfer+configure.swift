import CCurl

extension CurlTransfer {
    /// Sets up a fresh or reset handle for this request. False when there is no memory.
    func configure(_ easy: UnsafeMutableRawPointer) -> Bool {
        setConnection(easy) && setTrust(easy) && setRequest(easy) && setCallbacks(easy)
    }

    private func setConnection(_ easy: UnsafeMutableRawPointer) -> Bool {
        let isTLS = url.scheme == "https"
        return set(easy, CURLOPT_URL, request.url)
            && set(easy, CURLOPT_PROTOCOLS_STR, "http,https")
            && set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
            // The signature is over the path as it was given: `/./` stays.
            && set(easy, CURLOPT_PATH_AS_IS, 1)
            && set(easy, CURLOPT_HTTP_VERSION, isTLS ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
            // No CURLOPT_BUFFERSIZE: with a larger one than its own, libcurl 7.88 fails transfers over HTTP/2.
            // No CURLOPT_PIPEWAIT: libcurl doesn't look at the timeouts of requests that wait for a connection of
            // others. Where HTTP/2 comes of it, the first few requests have made one connection each.
            // libcurl takes 0 as its own default.
            && set(easy, CURLOPT_CONNECTTIMEOUT_MS, max(settings.connectTimeout.milliseconds, 1))
            && set(easy, CURLOPT_NOSIGNAL, 1)
            // A request that ends while its host is being looked up leaves the resolver's thread to itself; without
            // this libcurl waits for it, and every other request with it.
            && set(easy, CURLOPT_QUICK_EXIT, 1)
            && set(easy, CURLOPT_TCP_KEEPALIVE, 1)
            // Shorter than the 60 s after which common proxies drop an idle connection: a request that races with
            // that has an unknown outcome.
            && set(easy, CURLOPT_MAXAGE_CONN, 50)
            && (!url.isLoopback || set(easy, CURLOPT_NOPROXY, "*"))
    }

    private func setTrust(_ easy: UnsafeMutableRawPointer) -> Bool {
        set(easy, CURLOPT_SSL_VERIFYPEER, 1)
            && set(easy, CURLOPT_SSL_VERIFYHOST, 2)
            && set(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
            && (settings.authorities.file.map { set(easy, CURLOPT_CAINFO, $0) } ?? true)
            && (settings.authorities.directory.map { set(easy, CURLOPT_CAPATH, $0) } ?? true)
    }

    private func setRequest(_ easy: UnsafeMutableRawPointer) -> Bool {
        var lines = request.headers.map { header in
            // libcurl drops a header whose value is empty, unless a semicolon stands in for the colon.
            header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
        }
        // No waiting for "100 Continue", and no content type that the caller didn't give.
        lines.append("Expect:")
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else { return false }
            headerList = longer
        }
        guard ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList) == CURLE_OK,
            set(easy, CURLOPT_USERAGENT, settings.userAgent),
            set(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
        else { return false }
        if request.body == nil, request.method == .get { return set(easy, CURLOPT_HTTPGET, 1) }
        let body = request.body ?? []
        return body.withUnsafeBytes { ccurl_set_body(easy, $0.baseAddress, $0.count) } == CURLE_OK
            && set(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func setCallbacks(_ easy: UnsafeMutableRawPointer) -> Bool {
        // Not retained: the loop holds the transfer for as long as libcurl has the handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        return ccurl_set_error_buffer(easy, words) == CURLE_OK
            && ccurl_set_sockets(easy, socketError) == CURLE_OK
            && ccurl_set_on_request(
                easy,
                { context, _, _, _, _ in
                    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context!).takeUnretainedValue()
                    return transfer.isAboutToSend() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
                }, context) == CURLE_OK
            && ccurl_set_on_body(
                easy,
                { bytes, size, count, context in
                    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context!).takeUnretainedValue()
                    // Any other number than `size * count` makes libcurl give up the transfer.
                    let all = size * count
                    return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: all)) ? all : all &+ 1
                }, context) == CURLE_OK
    }

    private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int) -> Bool {
        ccurl_set_long(easy, option, value) == CURLE_OK
    }

    private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String) -> Bool {
        ccurl_set_string(easy, option, value) == CURLE_OK
    }
}
