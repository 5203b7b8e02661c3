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
