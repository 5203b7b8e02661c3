/// A fault of the daemon itself, planted to see whether the proof notices.
public enum Sabotage: Sendable, CaseIterable {
    /// It writes another status than was decided.
    case writesAnotherStatus
    /// It believes that its writes have arrived, and they have not.
    case writesNothing
    /// Its rows for Clever say something else.
    case uploadsAnotherStatus
    /// It sends every read three times.
    case asksTooOften
}
