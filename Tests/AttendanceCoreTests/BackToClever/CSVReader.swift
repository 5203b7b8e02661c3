/// RFC 4180 read back, as a server would, without a line shared with what wrote it. Nil for what isn't such a file.
struct CSVReader {
    static func records(_ bytes: [UInt8]) -> [[String]]? {
        var records: [[String]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var record: [String] = []
            while true {
                guard let field = field(&rest) else { return nil }
                record.append(field)
                guard let separator = rest.popFirst() else { return nil }
                if separator == 44 { continue }
                guard separator == 13, rest.popFirst() == 10 else { return nil }
                break
            }
            records.append(record)
        }
        return records
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == 34 else {
            let plain = rest.prefix { $0 != 44 && $0 != 13 && $0 != 10 }
            guard !plain.contains(34) else { return nil }
            rest = rest.dropFirst(plain.count)
            return String(validating: plain, as: UTF8.self)
        }
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == 34 {
                guard rest.first == 34 else { return String(validating: text, as: UTF8.self) }
                rest.removeFirst()
            }
            text.append(byte)
        }
        return nil
    }
}
