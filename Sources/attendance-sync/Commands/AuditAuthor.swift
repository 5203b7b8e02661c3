/// Who stands behind a line of the audit trail.
enum AuditAuthor {
    /// The side, the policy or the operator that a cause names; nil where both sides came to agree by themselves.
    static func of(_ cause: String) -> String? {
        let first = cause.prefix { $0 != " " }
        if first == "clever" || first == "schoology" || first.hasPrefix("policy:") { return String(first) }
        guard first == "operator" || first.hasPrefix("operator:") else { return nil }
        // A name may have spaces; what was done follows it.
        for verb in [" decided conflict ", " dropped ", " undoes ", " discarded "] {
            if let range = cause.firstRange(of: verb) { return String(cause[..<range.lowerBound]) }
        }
        return cause
    }
}
