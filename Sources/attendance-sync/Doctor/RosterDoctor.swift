import AttendanceCore
import CleverAPI
import Operations
import SchoologyAPI
import SyncState

/// How much of the roster finds its counterpart, and by which rule more would.
///
/// Where most of it is matched, the state alone is asked. Else a sample is looked up in Schoology by every rule there
/// is, a request for each field of Clever's.
struct RosterDoctor {
    typealias SectionRule = MatchingSettings.SectionRule
    typealias StudentRule = MatchingSettings.StudentRule

    /// One rule over a sample, or over all there is.
    private struct Trial {
        var rule: String
        var values: [String?]
        /// What Schoology has of those.
        var known: Set<String>

        var yield: RuleYield { RuleYield(values, in: known) }

        func matches(_ index: Int) -> Bool { values[index].map(known.contains) ?? false }
    }

    /// Below this share of matches, in percent, the rules are looked at.
    private static let low = 90
    /// With each id's spellings, within the 50 that one request may name.
    private static let sampleSize = 10

    let settings: DistrictSettings
    let asker: Asker
    let requests: SchoologyRequests
    /// Nil where there is no state yet, or no roster in it.
    let state: SyncState?
    let sample: CleverDoctor.Sample
    /// Whether Schoology may be asked.
    let canAsk: Bool

    init(settings: DistrictSettings, asker: Asker, state: SyncState?, sample: CleverDoctor.Sample, canAsk: Bool) {
        self.settings = settings
        self.asker = asker
        self.state = state
        self.sample = sample
        self.canAsk = canAsk
        requests = SchoologyRequests(baseURL: settings.schoology.baseURL)
    }

    func checks() async -> [Check] {
        do throws(StateError) {
            let hasRoster = try roster() != nil
            let totals = try matchedByTheseRules() ? roster() : nil
            return [
                try await sections(totals, hasRoster: hasRoster), try await students(totals, hasRoster: hasRoster),
            ]
        } catch {
            return [.failed("matches", "\(error)", repair: error.repair)]
        }
    }

    /// After the rules were changed, what is stored tells of the old ones until a cycle has run.
    private func matchedByTheseRules() throws(StateError) -> Bool {
        guard let state else { return false }
        return try state.reading { [settings] tx in
            try tx.text(.appliedFingerprint) ?? tx.text(.fingerprint) == settings.fingerprint
        }
    }

    private func roster() throws(StateError) -> Transaction.RosterTotals? {
        guard let state else { return nil }
        let totals = try state.reading { [settings] tx in
            try tx.rosterTotals(schools: tx.schools(only: settings.clever.schools).map(\.id))
        }
        return totals.sections > 0 ? totals : nil
    }

    // MARK: Sections

    private func sections(_ totals: Transaction.RosterTotals?, hasRoster: Bool) async throws(StateError) -> Check {
        let name = "matched sections"
        if let totals, isHigh(totals.matchedSections, totals.sections) {
            return .ok(name, share(totals.matchedSections, totals.sections))
        }
        guard canAsk else { return unasked(name, totals?.matchedSections, totals?.sections) }
        var trials: [Trial] = []
        for field in SectionRule.CleverField.allCases {
            let values = try sectionValues(field, hasRoster: hasRoster)
            guard let known = await codes(values.compactMap(\.self)) else { continue }
            trials.append(
                Trial(rule: SectionRule(field, .sectionSchoolCode).description, values: values, known: known))
        }
        return judge(
            name, matched: totals?.matchedSections, of: totals?.sections, trials,
            configured: settings.matching.sections.map(\.description), key: "sections")
    }

    /// A sample of one field, spread over the roster.
    private func sectionValues(_ field: SectionRule.CleverField, hasRoster: Bool) throws(StateError) -> [String?] {
        if hasRoster, let state {
            return spread(
                try state.reading { [settings] tx in
                    try tx.sectionValues(field, schools: tx.schools(only: settings.clever.schools).map(\.id))
                })
        }
        return spread(sample.sections).map { section in
            switch field {
            case .sisID: section.sisID
            case .sectionNumber: section.sectionNumber
            case .id: section.id
            }
        }
    }

    /// Which of these Schoology has, in any spelling; nil where it doesn't say.
    private func codes(_ values: [String]) async -> Set<String>? {
        let asked = spellings(values)
        guard !asked.isEmpty else { return [] }
        guard case .answer(let response) = await asker.ask(requests.sections(schoolCodes: asked)),
            response.status == 200, let page = try? SchoologyAnswer.sections(response.body)
        else { return nil }
        return Set(page.items.compactMap(\.schoolCode))
    }

    // MARK: Students

    private func students(_ totals: Transaction.RosterTotals?, hasRoster: Bool) async throws(StateError) -> Check {
        let name = "matched students"
        if let totals, isHigh(totals.matchedStudents, totals.students) {
            return .ok(name, share(totals.matchedStudents, totals.students))
        }
        var stored: Set<String> = []
        if hasRoster, let state { stored = try state.reading { try $0.knownSchoolUIDs() } }
        guard canAsk || !stored.isEmpty else { return unasked(name, totals?.matchedStudents, totals?.students) }
        var trials: [Trial] = []
        for field in StudentRule.CleverField.allCases {
            let all = try studentValues(field, hasRoster: hasRoster)
            let rule = StudentRule(field).description
            if !stored.isEmpty {
                trials.append(Trial(rule: rule, values: all, known: stored))
            } else {
                let values = spread(all)
                guard let known = await uids(values.compactMap(\.self)) else { continue }
                trials.append(Trial(rule: rule, values: values, known: known))
            }
        }
        return judge(
            name, matched: totals?.matchedStudents, of: totals?.students, trials,
            configured: settings.matching.students.map(\.description), key: "students")
    }

    private func studentValues(_ field: StudentRule.CleverField, hasRoster: Bool) throws(StateError) -> [String?] {
        if hasRoster, let state {
            return try state.reading { [settings] tx in
                try tx.studentValues(field, schools: tx.schools(only: settings.clever.schools).map(\.id))
            }
        }
        return sample.students.map { student in
            switch field {
            case .sisID: student.sisID
            case .studentNumber: student.studentNumber
            case .stateID: student.stateID
            case .id: student.id
            }
        }
    }

    private func uids(_ values: [String]) async -> Set<String>? {
        let asked = spellings(values)
        guard !asked.isEmpty else { return [] }
        guard case .answer(let response) = await asker.ask(requests.users(schoolUIDs: asked)),
            response.status == 200, let page = try? SchoologyAnswer.users(response.body)
        else { return nil }
        return Set(page.items.compactMap(\.schoolUID))
    }

    // MARK: Judging

    private func judge(
        _ name: String, matched: Int?, of total: Int?, _ trials: [Trial], configured: [String], key: String
    ) -> Check {
        guard let looked = trials.map(\.values.count).max(), looked > 0 else { return unasked(name, matched, total) }
        let rules = trials.filter { configured.contains($0.rule) }
        let now = (0..<looked).count { index in rules.contains { $0.matches(index) } }
        let yields = trials.map { (rule: $0.rule, yield: $0.yield) }
        let details = yields.map { rule, yield in
            line(rule, yield) + (configured.contains(rule) ? " (configured)" : "")
        }
        let found =
            if let matched, let total { share(matched, total) } else {
                "no cycle has used these rules yet; of \(looked) looked up in Schoology, the configured rules match \(now)"
            }
        if total == nil, now * 100 >= looked * Self.low { return .ok(name, found, details) }
        let repair = repair(yields, now: now, configured: configured, key: key)
        if matched ?? now == 0 { return .failed(name, found, details, repair: repair) }
        return .warning(name, found, details, repair: repair)
    }

    /// The likeliest rule where another one than those configured finds more; else what is written differently.
    private func repair(
        _ yields: [(rule: String, yield: RuleYield)], now: Int, configured: [String], key: String
    ) -> String {
        let look = "`\(typed("unmatched"))` lists each with its reason"
        if let best = yields.max(by: { $0.yield.exact < $1.yield.exact }), best.yield.exact > now,
            !configured.contains(best.rule)
        {
            return "most likely `\(key) = [\"\(best.rule)\"]` under [district.matching]; \(look)"
        }
        let hints = yields.flatMap { rule, yield in yield.more.map { (rule: rule, by: $0.key, count: $0.value) } }
        guard let hint = hints.max(by: { $0.count < $1.count }), hint.count > now else { return look }
        return "by \(hint.rule) the ids differ in \(hint.by.rawValue): rules compare them as they are, so have them "
            + "written the same on both sides, or name each in overrides_file"
    }

    private func line(_ rule: String, _ yield: RuleYield) -> String {
        let more = RuleYield.Difference.allCases.compactMap { difference in
            yield.more[difference].map { "\($0) more if \(difference.rawValue) didn't count" }
        }
        let empty = yield.looked - yield.filled
        return
            (["\(rule) matches \(yield.exact) of \(yield.looked)"] + more
            + (empty > 0 ? ["\(empty) without a value in Clever"] : [])).joined(separator: ", ")
    }

    private func unasked(_ name: String, _ matched: Int?, _ total: Int?) -> Check {
        guard let matched, let total else {
            return .skipped(name, "no cycle has used these rules yet, and there was nothing to look up")
        }
        return .warning(
            name, share(matched, total), repair: "`\(typed("unmatched"))` lists each with its reason")
    }

    private func isHigh(_ matched: Int, _ total: Int) -> Bool { matched * 100 >= total * Self.low }

    private func share(_ matched: Int, _ total: Int) -> String {
        total == 0 ? "none in scope" : "\(matched) of \(total) (\(matched * 100 / total) %)"
    }

    /// Some of them, at even distances.
    private func spread<Value>(_ values: [Value]) -> [Value] {
        guard values.count > Self.sampleSize else { return values }
        return (0..<Self.sampleSize).map { values[$0 * values.count / Self.sampleSize] }
    }

    private func spellings(_ values: [String]) -> [String] {
        var asked: [String] = []
        for text in values.flatMap({ RuleYield.spellings(of: $0) }) where !asked.contains(text) { asked.append(text) }
        return Array(asked.prefix(50))
    }
}
