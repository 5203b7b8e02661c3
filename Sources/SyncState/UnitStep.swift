/// What one page of a unit calls for.
public struct UnitStep: Sendable {
    /// How many records it has.
    public var records: Int
    public var updates: [RecordUpdate] = []
    public var quarantined: [QuarantinedRecord] = []
    /// Where the unit goes on.
    public var next: String?
    /// The unit has been read to its end.
    public var done = false
    /// A daily record was among them.
    public var sawDaily = false
    /// The page, where it calls for nothing should it come again as it is.
    public var taken: TakenPage?
    /// The unit's pages that were taken before this one call for something again.
    public var forgetsTaken = false
    /// Pages that the unit no longer has.
    public var outdated: [PageDigest] = []

    public init(records: Int) {
        self.records = records
    }
}
