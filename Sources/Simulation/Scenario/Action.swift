import AttendanceCore

/// Something that happens in the world. Numbers name places, sections and choices by their order, taken modulo how many
/// there are, so that an action still means something when others are left out.
public enum Action: Sendable, Hashable {
    // People.
    /// The office enters a mark: `word` is one of ``Scenario/officeWords``.
    case officeMarks(place: Int, daysAgo: Int, word: Int, isDaily: Bool)
    /// The student information system has sent its attendance to Clever.
    case officeSync
    /// A teacher sets a mark (1 to 4), or takes it back (0). With `tells`, Schoology sends a trigger so much later.
    case teacherMarks(place: Int, daysAgo: Int, status: Int, tells: Span?)
    /// A trigger that nothing stands behind.
    case strayTrigger(place: Int)
    /// Clever reads the file that lies there now, and has processed it so much later.
    case cleverTakesFile(processing: Span)

    // Rosters.
    /// A student's enrollment is deleted in Schoology and made anew.
    case enrollsAnew(place: Int)
    /// A student moves to another section of the school, on both sides.
    case moves(place: Int, section: Int)
    /// A new student, in Schoology so much later.
    case arrives(section: Int, inSchoologyAfter: Span)
    /// A student leaves a section in Schoology: the enrollment is archived for so long.
    case leaves(place: Int, lasting: Span)

    // Circumstances.
    case districtPaused(lasting: Span)
    /// The section uses the PowerSchool app meanwhile.
    case sectionGone(section: Int, lasting: Span)
    /// The district installs the PowerSchool app: every section uses it meanwhile.
    case everySectionGone(lasting: Span)
    case cleverTokenRevoked(lasting: Span)
    case schoologyKeyRevoked(lasting: Span)
    case fault(FaultKind, percent: Int, lasting: Span)
    /// The machine's clock jumps, and is set right after a while.
    case clockJumps(Span, lasting: Span)
    case serverClockJumps(Side, Span, lasting: Span)
    case diskFull(lasting: Span)
    /// Another process holds the database's write lock for so many attempts.
    case diskBusy(attempts: Int)
    case diskFails(effects: Int)
    /// The machine ends with its so-manieth effect from now, and starts again so much later.
    case crash(Crash, afterEffects: Int, bootsAfter: Span)
    /// It ends with its so-manieth write or sync from now: in the middle of a transaction.
    case crashInTransaction(Crash, afterEffects: Int, bootsAfter: Span)
    /// SIGTERM, and a start.
    case restart(bootsAfter: Span)

    // Operators.
    /// Decides the open conflicts: 0 for Clever, 1 for Schoology, else a status.
    case operatorResolves(take: Int)
    case operatorRetriesDead
    /// Gives up one of the writes that wait.
    case operatorDrops(write: Int)
    /// `once`, by an operator who stops the service for it.
    case operatorRunsOnce
    /// Looks at the batches that the safety valve holds.
    case operatorDecidesHeld(discards: Bool)
    case operatorPauses(lasting: Span)
    /// Asks for the days before yesterday to be gone over.
    case operatorBackfills(days: Int)
}

/// An action and its time from the start.
public struct Step: Sendable, Hashable {
    public var at: Span
    public var action: Action

    public init(_ at: Span, _ action: Action) {
        self.at = at
        self.action = action
    }
}
