/// `service.retention`: how long marks, history and audit are kept.
public enum Retention {
    /// Beyond the lookback: a day that is still read must not lose what both sides agreed on.
    public static let margin = Span.days(7)

    /// How long things are kept in a district. A retention shorter than what is still read counts as that.
    public static func kept(_ retention: Span, lookback: Span) -> Span { max(retention, lookback + margin) }
}
