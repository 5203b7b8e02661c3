import ArgumentParser

/// `conflicts.policy` in the written configuration.
enum ConflictPolicy: String, ExpressibleByArgument, CaseIterable {
    case clever, schoology, newest, hold
}
