/// One of the two systems that are kept the same.
public enum Side: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case clever
    case schoology

    public var other: Side { self == .clever ? .schoology : .clever }
    public var description: String { rawValue }
}
