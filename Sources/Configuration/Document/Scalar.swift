import Synchronization

/// The values of TOML that stand without quotes and brackets.
///
/// toml++ 3.4.0 doesn't fail on each that is malformed: it asserts on some, so that what is none must not reach it.
enum Scalar {
    /// By TOML 1.0.0 ("Integer" to "Local Time"), spaces behind it aside. Whether a month has so many days, or a
    /// number fits, is the parser's to say.
    static func isWellFormed(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= longest else { return false }
        var text = Substring(decoding: bytes, as: UTF8.self)
        while let last = text.utf8.last, last == 0x20 || last == 0x09 || last == 0x0D { text.removeLast() }
        return form.withLock { text.wholeMatch(of: $0) != nil }
    }

    /// Nobody writes a number of so many digits, and matching takes time by the length.
    private static let longest = 256

    /// Made once: that takes longer than to match. A `Regex` is used by one thread at a time.
    private static let form = Mutex(
        #/
        true | false | [+\-]? (?: inf | nan )
        # an integer, a float
        | [+\-]? (?: 0 | [1-9] (?: _? [0-9] )* ) (?: \. [0-9] (?: _? [0-9] )* )? (?: [eE] [+\-]? [0-9] (?: _? [0-9] )* )?
        | 0x [0-9A-Fa-f] (?: _? [0-9A-Fa-f] )* | 0o [0-7] (?: _? [0-7] )* | 0b [01] (?: _? [01] )*
        # a date, with or without a time; a time
        | [0-9]{4} - [0-9]{2} - [0-9]{2}
          (?: [Tt\x20] [0-9]{2} : [0-9]{2} : [0-9]{2} (?: \. [0-9]+ )? (?: [Zz] | [+\-] [0-9]{2} : [0-9]{2} )? )?
        | [0-9]{2} : [0-9]{2} : [0-9]{2} (?: \. [0-9]+ )?
        /#)
}
