/// Where a value lives in the configuration: `district[0].clever.poll_interval`.
public struct ConfigurationPath: Hashable, Sendable, CustomStringConvertible {
    public enum Component: Hashable, Sendable {
        case key(String)
        /// A place in an array, counted from 0.
        case index(Int)
    }

    public var components: [Component]

    public init(_ components: [Component] = []) {
        self.components = components
    }

    public static let root = ConfigurationPath()

    public func key(_ name: String) -> ConfigurationPath { ConfigurationPath(components + [.key(name)]) }
    public func index(_ index: Int) -> ConfigurationPath { ConfigurationPath(components + [.index(index)]) }

    /// The table or array that this is in; nil for the whole document.
    public var parent: ConfigurationPath? {
        components.isEmpty ? nil : ConfigurationPath(components.dropLast())
    }

    /// Dotted, with indices in brackets, and quotes around a key that TOML would want quoted.
    public var description: String {
        var text = ""
        for component in components {
            switch component {
            case .index(let index):
                text += "[\(index)]"
            case .key(let name):
                if !text.isEmpty { text += "." }
                text += Self.isBare(name) ? name : "\"" + Printable.escaped(name) + "\""
            }
        }
        return text
    }

    private static func isBare(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
