/// Everything that is wrong with the configuration, in the order of the file. Never empty.
public struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public let all: [ConfigurationError]

    public init(_ errors: [ConfigurationError]) {
        all = errors.enumerated().sorted { left, right in
            let (first, second) = (left.element.position ?? .start, right.element.position ?? .start)
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    /// One error a line.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
