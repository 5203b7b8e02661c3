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
