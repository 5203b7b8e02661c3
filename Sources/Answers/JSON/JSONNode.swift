/// Where one value of a JSON text stands. The nodes of what is inside a list or an object follow its own.
struct JSONNode {
    enum Kind: UInt8 {
        case object, list
        /// Printable ASCII without escapes: its bytes are what it says.
        case plainText
        /// To be decoded, and perhaps not decodable.
        case text
        /// Or what looks like one: judged when it is asked for.
        case number
        case yes, no, null
    }

    var kind: Kind
    /// In bytes from the beginning; of a text, behind its quote.
    var start: UInt32
    /// In bytes, of a text or number; of a list or object, how many nodes are inside.
    var length: UInt32

    /// How many nodes there are from this one to the value after it.
    var stride: Int { kind.rawValue <= Kind.list.rawValue ? 1 + Int(length) : 1 }
}
