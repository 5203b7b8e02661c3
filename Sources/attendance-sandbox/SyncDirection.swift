import ArgumentParser

/// `direction` in the written configuration.
enum SyncDirection: String, ExpressibleByArgument, CaseIterable {
    case both
    case toSchoology = "to_schoology"
    case toClever = "to_clever"

    var needsSFTP: Bool { self != .toSchoology }
}
