import CLibFuzzer

/// Mutations of JSON that stay JSON: libFuzzer's own hardly ever do, and Foundation's reader gives it no hint.
enum JSONMutator {
    private static let values = [
        "null", "true", "0", "1", "-1", "4", "200", "404", "9223372036854775807", "9223372036854775808", "1.0", "1e3",
        "1e999", "\"\"", "\" \"", "\"1\"",
        "\"x\"", "\"2025-04-01\"", "\"2025-02-30\"", "\"next\"", "[]", "{}", "[null]",
        "\"\\ud83d\\ude00\"", "\"\\u0000\"", "{\"0\":1,\"2\":{}}", "\"2025-04-08T23:45:50.000Z\"", "\"\u{e9}\"",
    ].map { Array($0.utf8) }

    /// Nil where nothing can be done.
    static func mutate(_ bytes: [UInt8], seed: UInt32) -> [UInt8]? {
        let spans = spans(of: bytes)
        guard !spans.isEmpty else { return nil }
        var random = UInt64(seed) | 1
        func next(_ count: Int) -> Int {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return Int(random >> 33) % max(count, 1)
        }
        let span = spans[next(spans.count)]
        let value = Array(bytes[span])
        let replacement: [UInt8]
        switch next(8) {
        case 0: replacement = values[next(values.count)]
        case 1, 2: replacement = Array(bytes[spans[next(spans.count)]])
        case 3: replacement = value + Array(",".utf8) + value
        case 4: replacement = Array("[".utf8) + value + Array("]".utf8)
        case 5: replacement = Array("\"".utf8) + value.filter { $0 != UInt8(ascii: "\"") } + Array("\"".utf8)
        case 6: replacement = value.first == UInt8(ascii: "\"") ? Array(value.dropFirst().dropLast()) : value
        case _:
            // An element goes, with the comma behind it or before it.
            var (start, end) = (span.lowerBound, span.upperBound)
            if end < bytes.count, bytes[end] == UInt8(ascii: ",") {
                end += 1
            } else if start > 0, bytes[start - 1] == UInt8(ascii: ",") {
                start -= 1
            }
            return Array(bytes[..<start] + bytes[end...])
        }
        return Array(bytes[..<span.lowerBound]) + replacement + Array(bytes[span.upperBound...])
    }

    /// Where values are, keys among them, however broken the rest.
    private static func spans(of bytes: [UInt8]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var open: [Int] = []
        var index = 0
        while index < bytes.count {
            let start = index
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append(index)
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                index += 1
                if let begin = open.popLast() { spans.append(begin..<index) }
            case UInt8(ascii: "\""):
                index += 1
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index = min(index + 1, bytes.count)
                spans.append(start..<index)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                while index < bytes.count, bytes[index] > 0x2C, bytes[index] != UInt8(ascii: ":"),
                    bytes[index] != UInt8(ascii: "]"), bytes[index] != UInt8(ascii: "}")
                { index += 1 }
                index = max(index, start + 1)
                spans.append(start..<index)
            default: index += 1
            }
        }
        return spans
    }
}

/// What libFuzzer calls in the place of its own mutations.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ most: Int, _ seed: UInt32) -> Int {
    guard Runner.target?.isJSON == true, seed % 3 != 0, size > 0,
        let mutated = JSONMutator.mutate(Array(UnsafeBufferPointer(start: data, count: size)), seed: seed),
        !mutated.isEmpty, mutated.count <= most
    else { return LLVMFuzzerMutate(data, size, most) }
    for (index, byte) in mutated.enumerated() { data[index] = byte }
    return mutated.count
}
