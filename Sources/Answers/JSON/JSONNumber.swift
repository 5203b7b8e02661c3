/// Numbers (RFC 8259 section 6). All that both sides mean by them is whole.
enum JSONNumber {
    /// - Returns: nil for what is no number, is no whole one, or doesn't fit.
    static func integer<Number: FixedWidthInteger>(_ text: UnsafeBufferPointer<UInt8>) -> Number? {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        guard let first = digits.first,
            digits.count == 1 || first != UInt8(ascii: "0") || !isDigit(digits.dropFirst().first)
        else { return nil }
        if digits.allSatisfy({ isDigit($0) }) { return Number(String(decoding: text, as: UTF8.self)) }
        return whole(text, digits)
    }

    /// With a fraction or an exponent.
    private static func whole<Number: FixedWidthInteger>(
        _ text: UnsafeBufferPointer<UInt8>, _ digits: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Number? {
        // -?digits(.digits)?([eE][+-]?digits)?
        var rest = digits
        func takeDigits() -> Slice<UnsafeBufferPointer<UInt8>> {
            let taken = rest.prefix { isDigit($0) }
            rest = rest.dropFirst(taken.count)
            return taken
        }
        let integral = takeDigits()
        var fraction = integral.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = takeDigits()
            guard !fraction.isEmpty else { return nil }
        }
        var exponent = 0
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            let power = takeDigits()
            guard !power.isEmpty else { return nil }
            // Beyond a thousand nothing but 0 is a number that fits.
            exponent = power.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1000) }
            if isNegative { exponent = -exponent }
        }
        guard !integral.isEmpty, rest.isEmpty else { return nil }
        // As Foundation does: what a Double can't tell from a whole number is one, as long as it tells those apart.
        guard let approximate = Double(String(decoding: text, as: UTF8.self)) else { return nil }
        if approximate.magnitude < 0x1p53 { return Number(exactly: approximate) }
        var all = integral.map { $0 } + fraction.map { $0 }
        let point = integral.count + exponent
        guard point >= 0, point <= 40 + all.count else { return nil }
        while all.count < point { all.append(UInt8(ascii: "0")) }
        guard all[point...].allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        let sign = text.first == UInt8(ascii: "-") ? "-" : ""
        return Number(sign + String(decoding: all[..<point], as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 48 && $0 <= 57 } ?? false }
}
