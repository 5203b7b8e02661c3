extension FuzzTarget {
    /// The reader of JSON beneath all answers, against Foundation's decoder: what both accept they read alike.
    static let json = FuzzTarget(name: "json", isJSON: true) { input throws(Finding) in
        guard let ours = JSONTree.ours(input), let theirs = JSONTree.foundations(input) else { return }
        try require(ours.agrees(with: theirs), "\(ours), by Foundation \(theirs)")
    }
}
