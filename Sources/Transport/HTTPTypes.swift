/// One HTTP request, complete: nothing is added to it but what the connection itself needs.
public struct HTTPRequest: Sendable, Equatable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    public var method: Method
    /// Absolute, already percent-encoded.
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]?
    /// From the first attempt to connect to the last byte of the answer.
    public var timeout: Duration

    public init(
        _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

public struct HTTPHeader: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A whole answer, body decoded from its content encoding. Redirects are not followed: the engine signs each request.
public struct HTTPResponse: Sendable, Equatable {
    public var status: Int
    public var headers: [HTTPHeader]
    public var body: [UInt8]

    public init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The last header of that name, whatever its case (RFC 9110 section 5.1).
    public subscript(header name: String) -> String? {
        headers.last { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer. `sent` tells whether the server may have acted on the request: only when it is
/// false can a write be made again without reading first.
public struct TransportError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// The host's name could not be resolved or nothing accepts connections there.
        case cannotConnect
        /// TLS refused: an unknown authority, a wrong host name, an expired certificate.
        case untrusted
        /// No whole answer in time.
        case timedOut
        /// The connection ended before the answer did.
        case connectionLost
        /// More bytes than `maximumBodyBytes`, or not HTTP.
        case malformedAnswer
        /// The caller's task was cancelled.
        case cancelled
        /// Descriptors or memory ran out on this machine.
        case resources
    }

    public var reason: Reason
    /// False only when it is certain that not a byte of the request reached the server.
    public var sent: Bool
    /// libcurl's own words, without the URL's query, a header or a body.
    public var detail: String

    public init(_ reason: Reason, sent: Bool, detail: String) {
        self.reason = reason
        self.sent = sent
        self.detail = detail
    }

    public var description: String { detail }
}

/// Where every request goes: libcurl in the daemon, a model of the world in the simulator.
public protocol HTTPTransport: Sendable {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
