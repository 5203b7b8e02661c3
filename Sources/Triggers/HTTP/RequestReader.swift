/// Makes one request of a connection's bytes, as they arrive. Holds no more than its limits; says "no" at the first byte
/// that can't be part of a request.
struct RequestReader {
    enum Step {
        /// More bytes are needed.
        case more
        /// Once, before the body.
        case head(RequestHead)
        /// The request is whole.
        case body([UInt8])
    }

    private enum State {
        case head
        case length(Int)
        case chunked(ChunkedBody)
    }

    let headLimit: Int
    let bodyLimit: Int
    private var state = State.head
    private var buffer: [UInt8] = []
    /// Where the search for the end of the head goes on.
    private var scanned = 0
    private var lineStart = 0
    private var lines: [Range<Int>] = []
    private var hadEmptyLine = false

    init(headLimit: Int, bodyLimit: Int) {
        self.headLimit = headLimit
        self.bodyLimit = bodyLimit
    }

    mutating func append(_ bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
    }

    mutating func next() throws(Refusal) -> Step {
        switch state {
        case .head:
            guard let head = try head() else { return .more }
            switch head.framing {
            case .length(let length): state = .length(length)
            case .chunked: state = .chunked(ChunkedBody(limit: bodyLimit))
            }
            return .head(head)
        case .length(let length):
            guard length <= bodyLimit else { throw .bodyTooLarge }
            // More than was announced is not ours: there is one request a connection.
            return buffer.count >= length ? .body(Array(buffer.prefix(length))) : .more
        case .chunked(var body):
            let isWhole = try body.append(buffer)
            buffer.removeAll(keepingCapacity: true)
            state = .chunked(body)
            return isWhole ? .body(body.bytes) : .more
        }
    }

    private mutating func head() throws(Refusal) -> RequestHead? {
        while scanned < buffer.count {
            guard scanned < headLimit else { throw .headTooLarge }
            let byte = buffer[scanned]
            let followsReturn = scanned > lineStart && buffer[scanned - 1] == UInt8(ascii: "\r")
            guard followsReturn == (byte == UInt8(ascii: "\n")) else { throw .malformed }
            guard byte >= 0x20 && byte != 0x7F || [0x09, 0x0A, 0x0D].contains(byte) else { throw .malformed }
            scanned += 1
            guard byte == UInt8(ascii: "\n") else { continue }
            let line = lineStart..<(scanned - 2)
            lineStart = scanned
            if !line.isEmpty {
                lines.append(line)
            } else if lines.isEmpty {
                // RFC 9112 section 2.2: one empty line before a request is to be forgiven.
                guard !hadEmptyLine else { throw .malformed }
                hadEmptyLine = true
            } else {
                let head = try RequestHead(lines.map { buffer[$0] })
                buffer.removeFirst(scanned)
                return head
            }
        }
        return nil
    }
}
