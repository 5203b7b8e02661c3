extension DistrictSettings {
    /// Of what decides which marks are compared and what they mean: direction, scope, matching, mapping, time zone. When
    /// it changes, everything that follows is held until a person has looked at it.
    ///
    /// Not of limits, intervals, credentials or the conflict policy, which change how, when or by whom.
    public var fingerprint: String {
        var print = Fingerprint()
        print.add(direction.rawValue)
        print.add(timezone)
        print.add(clever.daily.rawValue)
        for school in clever.schools.sorted() { print.add(school) }
        print.add(nil)
        for rule in matching.sections { print.add(rule.description) }
        print.add(nil)
        for rule in matching.students { print.add(rule.description) }
        print.add(nil)
        for row in [statusMap.present, statusMap.absent, statusMap.tardy] {
            print.add(row.withoutCode?.description)
            print.add(row.anyOtherCode?.description)
            for (code, status) in row.codes.sorted(by: { $0.key < $1.key }) {
                print.add(code)
                print.add(status.description)
            }
            print.add(nil)
        }
        for status in Status.allCases {
            print.add(statusMap.toClever[status]?.status.rawValue.description)
            print.add(statusMap.toClever[status]?.excuseCode)
        }
        return print.hexadecimal
    }
}
