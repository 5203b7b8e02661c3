import AttendanceCore

/// Reads an answer and compares what came of it with what the oracle says of the same bytes.
///
/// - Parameter expected: throws `JSON.Refused` where the answer is to be refused.
func compare<Answer: Equatable>(
    _ input: [UInt8], _ parser: ([UInt8]) throws(MalformedAnswer) -> Answer, expected: (JSON) throws -> Answer
) throws(Finding) {
    let answer: Answer?
    do throws(MalformedAnswer) {
        answer = try parser(input)
    } catch {
        try requireLine(error.what, limit: 400)
        answer = nil
    }
    switch JSONReader.read(input) {
    case .unclear: return
    case .broken: try require(answer == nil, "what is not JSON was read: \(String(describing: answer))")
    case .value(let json):
        let wanted: Answer?
        do {
            wanted = try expected(json)
        } catch is JSON.Refused {
            wanted = nil
        } catch {
            return
        }
        try require(
            answer == wanted, "read as \(String(describing: answer)), and it says \(String(describing: wanted))")
    }
}

/// Fit for one line of a log: no control characters, and no longer than `limit`.
func requireLine(_ text: String?, limit: Int) throws(Finding) {
    guard let text else { return }
    try require(text.count <= limit, "\(text.count) characters in a message")
    try require(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a control character in a message")
}
