import CCurl
import Glibc

extension CurlTransfer {
    var cancellation: TransportError {
        TransportError(.cancelled, sent: wasSent, detail: "\(url.authority): cancelled")
    }

    var timeout: TransportError {
        TransportError(
            .timedOut, sent: wasSent,
            detail: "\(url.authority): no whole answer within \(request.timeout.milliseconds) ms")
    }

    var outOfMemory: TransportError {
        TransportError(.resources, sent: false, detail: "\(url.authority): out of memory")
    }

    /// What libcurl's result means for the caller.
    func error(_ code: CURLcode) -> TransportError {
        TransportError(reason(code), sent: wasSent, detail: "\(url.authority): \(detail(code))")
    }

    private func reason(_ code: CURLcode) -> TransportError.Reason {
        switch progress {
        case .tooLong: return .malformedAnswer
        case .resendRefused: return .connectionLost
        case .notSent: if isOutOfDescriptors { return .resources }
        case .sent: break
        }
        switch code {
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: return .resources
        case CURLE_OPERATION_TIMEDOUT: return .timedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_USE_SSL_FAILED:
            return .untrusted
        // Bytes that aren't HTTP: "HTTP/0.9" is an unsupported protocol to libcurl.
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_FILESIZE_EXCEEDED:
            return wasSent ? .malformedAnswer : .cannotConnect
        default:
            // A reset in the middle of the TLS handshake is nobody's bad certificate.
            return wasSent ? .connectionLost : .cannotConnect
        }
    }

    /// libcurl says "could not connect" or "could not resolve" when there was no descriptor left.
    private var isOutOfDescriptors: Bool {
        switch socketError.pointee {
        case EMFILE, ENFILE, ENOMEM, ENOBUFS: return true
        default: break
        }
        let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard probe < 0 else {
            close(probe)
            return false
        }
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM
    }

    /// libcurl's own words, or its general ones should they repeat something of the request that may be a secret.
    private func detail(_ code: CURLcode) -> String {
        switch progress {
        case .tooLong: return "the answer is longer than \(settings.maximumBodyBytes) bytes"
        case .resendRefused: return "the connection ended before an answer came"
        case .notSent, .sent: break
        }
        let general = String(cString: curl_easy_strerror(code))
        let particular = String(cString: words)
        let secrets = request.headers.map(\.value) + [url.query ?? ""]
        let isTelling = secrets.contains { !$0.isEmpty && particular.contains($0) }
        return particular.isEmpty || isTelling ? general : particular
    }
}
