/// What one key calls for. Exactly one of these for every input.
public enum MergeOutcome: Sendable, Hashable {
    /// Nothing differs, or what differs was refused by an operator.
    case nothing
    /// Both sides say the same and the base does not: the base becomes this, without a write.
    case heal(Status)
    /// One side changed: the other is to become this.
    case write(to: Side, Status)
    /// The side that is only written to changed by itself: left alone, and shown.
    case drift(on: Side)
    /// Both changed to different values, or a protected mark was changed on the other side.
    case conflict(Resolution)

    /// How a conflict ends.
    public enum Resolution: Sendable, Hashable {
        /// The named side wins and the other is to become this.
        case write(to: Side, Status)
        /// The winner is the side that is only written to, or an operator refused its value: nothing is written.
        case leave(winner: Side)
        /// Left for a person to decide.
        case hold
    }
}
