@testable import Configuration

extension FuzzTarget {
    /// TOML: the parser and the finder of keys agree about every key there is, and one error says where it ends.
    static let toml = FuzzTarget(name: "toml") { input throws(Finding) in
        let document: ConfigurationDocument
        do throws(ConfigurationError) {
            document = try ConfigurationDocument(input, file: path)
        } catch {
            return try requireSound(error, in: input)
        }
        try requirePositions(of: document.root, at: .root, in: document.locator)
    }

    /// The configuration's text: it is loaded, or refused with errors that stand on one line, point into the file and
    /// show no secret.
    static let configuration = FuzzTarget(name: "configuration") { input throws(Finding) in
        let loaded: LoadedConfiguration?
        var errors: [ConfigurationError] = []
        do throws(ConfigurationErrors) {
            loaded = try ConfigurationLoader.load(
                path: path, environment: ["STATE_DIRECTORY": "/var/lib/sync"], files: files(input))
        } catch {
            loaded = nil
            errors = error.all
        }
        if let loaded { return try requireDistricts(loaded) }
        try require(!errors.isEmpty, "refused without an error")
        for error in errors { try requireSound(error, in: input) }
    }

    private static func requireSound(_ error: ConfigurationError, in input: [UInt8]) throws(Finding) {
        let text = error.description
        try require(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "not one line: \(text)")
        try require(!text.contains(secret), "a secret in \(text)")
        guard let position = error.position else { return }
        let lines = input.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        try require((1...lines + 1).contains(position.line) && position.column >= 1, "\(text)")
    }

    private static let path = "/etc/sync/sync.toml"
    private static let secret = "s3cr3t-of-the-file"

    /// Every other file is a secret of the right permissions.
    private static func files(_ input: [UInt8]) -> FileAccess {
        FileAccess(
            read: { name, limit in
                name == path
                    ? .success(FileAccess.File(bytes: input, mode: 0o644))
                    : .success(FileAccess.File(bytes: Array(secret.utf8), mode: 0o600))
            },
            currentDirectory: { "/home/operator" })
    }

    private static func requireDistricts(_ loaded: LoadedConfiguration) throws(Finding) {
        let districts = loaded.configuration.districts
        try require(!districts.isEmpty, "loaded without a district")
        try require(Set(districts.map(\.name)).count == districts.count, "two districts of one name")
    }

    private static func requirePositions(
        of members: [String: TOMLNode], at path: ConfigurationPath, in locator: KeyLocator
    ) throws(Finding) {
        for (key, node) in members { try requirePosition(of: node, at: path.key(key), in: locator) }
    }

    private static func requirePosition(
        of node: TOMLNode, at path: ConfigurationPath, in locator: KeyLocator
    ) throws(Finding) {
        try require(locator.positions[path] != nil, "the place of \(path) is not known")
        switch node {
        case .table(let members): try requirePositions(of: members, at: path, in: locator)
        case .array(let nodes):
            for (index, node) in nodes.enumerated() {
                try requirePosition(of: node, at: path.index(index), in: locator)
            }
        case .text, .integer, .flag, .fraction, .dateOrTime: break
        }
    }
}
