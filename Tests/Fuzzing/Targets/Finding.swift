/// Something that must hold and doesn't.
struct Finding: Error, CustomStringConvertible {
    var what: String

    var description: String { what }
}

/// - Throws: `what` when it doesn't hold.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(Finding) {
    guard holds else { throw Finding(what: what()) }
}
