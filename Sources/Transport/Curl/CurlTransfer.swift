import CCurl

/// One request on its way through the loop.
///
/// `@unchecked Sendable`: after `init` it is handed to the loop's thread through the inbox's lock, and only that
/// thread touches its variables; libcurl calls back on that thread alone.
final class CurlTransfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    let request: HTTPRequest
    let url: URLParts
    let settings: TransferSettings
    var continuation: Continuation?
    /// Set while libcurl has it.
    var easy: UnsafeMutableRawPointer?
    var isCancelled = false
    /// Set when the loop took it on. The loop keeps to it itself: libcurl doesn't look at the timeout of a transfer
    /// that waits for a connection (`CURLM_PENDING` in its `lib/multi.c`).
    var deadline = ContinuousClock.Instant.now

    /// `CURL_ERROR_SIZE` bytes for libcurl's words.
    let words: UnsafeMutablePointer<CChar>
    /// The errno of the last socket that could not be opened; 0: none.
    let socketError: UnsafeMutablePointer<Int32>
    var headerList: UnsafeMutablePointer<curl_slist>?

    private(set) var progress = Progress.notSent
    private var body: [UInt8] = []

    enum Progress {
        /// Not a byte of the request was written.
        case notSent
        /// Bytes of it may have reached the server.
        case sent
        /// The connection died without an answer, and libcurl would have sent the request a second time.
        case resendRefused
        /// The answer was longer than `maximumBodyBytes`, and given up.
        case tooLong
    }

    /// - Throws: `.cannotConnect` for a URL or a header that can't be put on the wire as it is.
    init(_ request: HTTPRequest, settings: TransferSettings) throws(TransportError) {
        guard let url = URLParts(request.url), url.scheme == "http" || url.scheme == "https",
            request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw TransportError(.cannotConnect, sent: false, detail: "not an http or https URL, percent-encoded") }
        // A line break would start another header (RFC 9110 section 5.5).
        for header in request.headers
        where header.name.isEmpty || !(header.name + header.value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) {
            throw TransportError(
                .cannotConnect, sent: false,
                detail: "a control character in the value of header \(header.name.debugDescription)")
        }
        self.request = request
        self.url = url
        self.settings = settings
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        socketError = .allocate(capacity: 1)
        socketError.initialize(to: 0)
    }

    deinit {
        words.deallocate()
        socketError.deallocate()
        curl_slist_free_all(headerList)
    }

    /// False only when no byte of the request was handed to a connection.
    var wasSent: Bool { progress != .notSent }

    /// True when a second arrival at the server changes nothing for anyone.
    private var isRepeatable: Bool {
        request.method == .get
            && !request.headers.contains {
                $0.name.lowercased() == "authorization" && $0.value.lowercased().hasPrefix("oauth ")
            }
    }

    func finish(_ outcome: Result<HTTPResponse, TransportError>) {
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    // MARK: Called by libcurl

    /// Connected, TLS shaken, nothing written yet. Returns whether libcurl may write the request.
    ///
    /// libcurl comes here again when a kept connection died, or an HTTP/2 server turned the stream away, before a byte
    /// of the answer came (`Curl_retry_request` in its `lib/transfer.c`): it would send the request again, though the
    /// server may have acted on the first. A write must be read back first, and a nonce may be used once (RFC 5849
    /// section 3.3); only an unsigned GET is let through, up to libcurl's own limit of five. Rare: a connection that
    /// the server closed while it was idle is noticed before this.
    func isAboutToSend() -> Bool {
        guard progress == .notSent || isRepeatable else {
            progress = .resendRefused
            return false
        }
        progress = .sent
        return true
    }

    /// Returns whether to go on.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= settings.maximumBodyBytes - body.count else {
            progress = .tooLong
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    // MARK: When libcurl is done

    func outcome(_ code: CURLcode) -> Result<HTTPResponse, TransportError> {
        guard code == CURLE_OK, let easy else { return .failure(error(code)) }
        var status = 0
        _ = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        var headers: [HTTPHeader] = []
        var previous: UnsafeMutablePointer<curl_header>?
        // Of the last answer only: neither an interim (1xx) one's nor trailers.
        while let header = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, previous) {
            // libcurl leaves the line break in a value that is otherwise empty.
            let value = String(cString: header.pointee.value)
            headers.append(
                HTTPHeader(String(cString: header.pointee.name), value == "\r\n" || value == "\r" ? "" : value))
            previous = header
        }
        defer { body = [] }
        return .success(HTTPResponse(status: status, headers: headers, body: body))
    }
}
