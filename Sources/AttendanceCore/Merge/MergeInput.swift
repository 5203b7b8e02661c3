/// One key as the merge sees it. A missing mark is `present` on both sides and in the base.
public struct MergeInput: Sendable, Hashable {
    /// The last status both sides agreed on.
    public var base: Status
    public var clever: Status
    public var schoology: Status
    /// A Clever status that an operator refused to have written to Schoology. It stops counting as a change.
    public var refusedClever: Status?
    /// A Schoology status that an operator refused to have written to Clever.
    public var refusedSchoology: Status?
    /// `last_modified` of Clever's record.
    public var cleverModified: Timestamp?
    /// When the Schoology edit was seen: a trigger's timestamp, else the time of the read that first showed it.
    public var schoologySeen: Timestamp?

    public init(
        base: Status, clever: Status, schoology: Status, refusedClever: Status? = nil, refusedSchoology: Status? = nil,
        cleverModified: Timestamp? = nil, schoologySeen: Timestamp? = nil
    ) {
        self.base = base
        self.clever = clever
        self.schoology = schoology
        self.refusedClever = refusedClever
        self.refusedSchoology = refusedSchoology
        self.cleverModified = cleverModified
        self.schoologySeen = schoologySeen
    }
}

/// The part of the configuration that the merge depends on.
public struct MergeRules: Sendable, Hashable {
    public var direction: Direction
    public var policy: ConflictPolicy
    /// A Clever mark with one of these statuses is never overwritten by Schoology.
    public var protect: Set<Status>

    public init(direction: Direction, policy: ConflictPolicy, protect: Set<Status>) {
        self.direction = direction
        self.policy = policy
        self.protect = protect
    }

    public init(_ settings: DistrictSettings) {
        self.init(
            direction: settings.direction, policy: settings.conflicts.policy, protect: settings.conflicts.protect)
    }
}
