import CCurl
import Glibc

/// What a server's certificate says, as far as an operator has to know it.
public struct ServerCertificate: Sendable, Equatable {
    /// Unix seconds of the first end among the chain's certificates; nil where libcurl's TLS library doesn't tell.
    public var expires: Int64?

    /// Connects to the host of `url` with every check that a request goes through, and hangs up without asking anything.
    public static func look(
        at url: String, caFile: String, timeout: Duration = .seconds(20),
        environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) async throws(TransportError) -> ServerCertificate {
        let transfer = try CurlTransfer(
            HTTPRequest(.get, url),
            settings: TransferSettings(
                authorities: TrustedAuthorities(caFile: caFile, environment: environment), userAgent: "",
                connectTimeout: timeout, maximumBodyBytes: 0))
        let result: Result<ServerCertificate, TransportError> = await withCheckedContinuation { continuation in
            guard startThread({ continuation.resume(returning: look(transfer)) }) else {
                let words = "no thread for libcurl: \(String(cString: strerror(errno)))"
                return continuation.resume(
                    returning: .failure(TransportError(.resources, sent: false, detail: words)))
            }
        }
        return try result.get()
    }

    private static func look(_ transfer: CurlTransfer) -> Result<ServerCertificate, TransportError> {
        guard CurlLoopCore.globalInitialisation == CURLE_OK, let easy = curl_easy_init() else {
            return .failure(transfer.outOfMemory)
        }
        defer { curl_easy_cleanup(easy) }
        guard transfer.configure(easy), ccurl_set_long(easy, CURLOPT_CONNECT_ONLY, 1) == CURLE_OK,
            ccurl_set_long(easy, CURLOPT_CERTINFO, 1) == CURLE_OK
        else { return .failure(transfer.outOfMemory) }
        let code = curl_easy_perform(easy)
        guard code == CURLE_OK else { return .failure(transfer.error(code)) }
        var information: UnsafeMutablePointer<curl_certinfo>?
        guard ccurl_get_certificates(easy, &information) == CURLE_OK, let information else {
            return .success(ServerCertificate())
        }
        var ends: [Int64] = []
        for index in 0..<Int(information.pointee.num_of_certs) {
            var line = information.pointee.certinfo[index]
            while let entry = line {
                let text = String(cString: entry.pointee.data)
                if text.hasPrefix("Expire date:"), let end = time(String(text.dropFirst(12))) { ends.append(end) }
                line = entry.pointee.next
            }
        }
        return .success(ServerCertificate(expires: ends.min()))
    }

    /// `Nov  6 08:49:37 2026 GMT`, as OpenSSL writes it.
    static func time(_ text: String) -> Int64? {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 5, parts[4] == "GMT" else { return nil }
        let day = parts[1].count == 1 ? "0\(parts[1])" : parts[1]
        // The name of the day isn't looked at.
        return HTTPDate.parse("Mon, \(day) \(parts[0]) \(parts[3]) \(parts[2]) GMT")
    }
}
