import AttendanceCore
import CleverAPI
import SyncState
import Transport

/// When the rosters are read: once before anything else, daily after the marks of the day have gone, and when
/// something unknown appears.
extension DistrictEngine {
    static let refreshInterval = Span.hours(24)
    /// Match reasons logged one by one in a cycle; `unmatched` lists them all.
    static let matchEventsLogged = 50

    /// What must be known before marks can be matched.
    func prepareRoster() async throws {
        let roster = try state.reading { try $0.number(.cleverRosterAt) }
        if roster == nil { try await readCleverRoster() }
        try await completeSchoologyRoster()
    }

    /// Reads what is missing of Schoology's roster: everything at first, then what is new, what a 404 called into
    /// question, or what an interrupted refresh left.
    private func completeSchoologyRoster() async throws {
        let overrides = try loadOverrides()
        let (isNew, digest, pending) = try state.reading { [settings] tx in
            let schools = try tx.schools(only: settings.clever.schools).map(\.id)
            return (
                try tx.number(.schoologyRosterAt) == nil, try tx.text(.overridesDigest),
                // What a daily refresh still has to ask again is not missing: it goes on after the marks.
                try tx.number(.schoologyRosterBegunAt) == nil && !tx.schoologyRosterIsFresh(schools: schools)
            )
        }
        guard isNew || pending || digest != overrides.digest else { return }
        do {
            try await refreshSchoologyRoster(overrides: overrides, until: nil)
        } catch let failure as SideFailure {
            // Reading Clever goes on without it; the records wait.
            note(failure)
        }
    }

    /// The daily refresh of both rosters, after the marks have gone. In the daemon it takes no longer than a poll
    /// interval at a time, and goes on in the next cycle where it stopped.
    ///
    /// - Returns: whether records were put back to be decided.
    func refreshDueRoster() async throws -> Bool {
        let (readAt, askedAt, begunAt) = try state.reading { tx in
            (
                try tx.number(.cleverRosterAt), try tx.number(.schoologyRosterAt),
                try tx.number(.schoologyRosterBegunAt)
            )
        }
        guard let readAt, let askedAt else { return false }
        let due = now - Self.refreshInterval
        if Timestamp(milliseconds: readAt) <= due { try await readCleverRoster() }
        guard Timestamp(milliseconds: askedAt) <= due || begunAt != nil else { return false }
        if begunAt == nil {
            try state.transaction { [settings, now] tx in
                try tx.forgetSchoologyRoster(schools: tx.schools(only: settings.clever.schools).map(\.id))
                try tx.set(.schoologyRosterBegunAt, now.milliseconds)
            }
        }
        let deadline = kind == .once ? nil : world.clock.uptime() + settings.clever.pollInterval
        return try await refreshSchoologyRoster(overrides: try loadOverrides(), until: deadline)
    }

    /// A record named a student or section that no roster has shown: one more reading may show it.
    func refreshRosterIfWanted() async throws {
        guard try state.reading({ try $0.number(.rosterWanted) }) != nil else { return }
        guard !hasReadCleverRoster else {
            return try state.transaction { try $0.set(.rosterWanted, nil) }
        }
        try await refreshRosterForUnknownIDs()
    }

    func refreshRosterForUnknownIDs() async throws {
        try await readCleverRoster()
        do {
            try await refreshSchoologyRoster(overrides: try loadOverrides(), until: nil)
        } catch let failure as SideFailure {
            note(failure)
        }
    }

    /// Schoology answered 404 for a section or an enrollment: it may have been replaced.
    func refreshRoster(ofSection section: Int64) async throws {
        try state.transaction { try $0.forget(section: section) }
        try await refreshSchoologyRoster(overrides: try loadOverrides(), until: nil)
    }

    /// Reads who is in these sections again.
    func rereadEnrollments(ofSections sections: Set<Int64>) async throws {
        try state.transaction { tx in
            for section in sections { try tx.forgetEnrollments(ofSection: section) }
        }
        try await refreshSchoologyRoster(overrides: try loadOverrides(), until: nil)
    }

    func readCleverRoster() async throws {
        progress = CycleProgress(step: .matching)
        let generation = try state.reading { try $0.nextRosterGeneration() }
        try await pages(cleverRequests.schools(), CleverAnswer.schools) { [state] schools in
            try state.transaction { tx in
                for school in schools { try tx.store(school: school.id, sisID: school.sisID, generation: generation) }
            }
        }
        try await pages(cleverRequests.sections(), CleverAnswer.sections) { [state, today] sections in
            try state.transaction { tx in
                for section in sections {
                    try tx.store(RosterSection(section), generation: generation, dailyFrom: today)
                }
            }
        }
        try await pages(cleverRequests.students(), CleverAnswer.students) { [state] students in
            try state.transaction { tx in
                for student in students { try tx.store(RosterStudent(student), generation: generation) }
            }
        }
        try state.transaction { [now] tx in
            try tx.finishCleverRoster(generation: generation, now: now.milliseconds)
        }
        hasReadCleverRoster = true
        let shared = Set(try state.reading { try $0.schools(only: []) }.map(\.cleverID))
        for school in settings.clever.schools where !shared.contains(school) {
            log(.warning, .cleverSchoolMissing, ["clever_school_id": .id(school), "date": ""])
        }
        try recovered(.clever)
    }

    private func pages<Item>(
        _ first: HTTPRequest, _ parse: ([UInt8]) throws -> CleverPage<Item>, store: ([Item]) throws -> Void
    ) async throws {
        try await pages(first, parse, of: "the roster", next: \.next) { try store($0.items) }
    }

    /// Reads a list of Clever's to its last page.
    ///
    /// - Parameter list: what is read, for the message of a fault.
    func pages<Page>(
        _ first: HTTPRequest, _ parse: ([UInt8]) throws -> Page, of list: String, next: (Page) -> String?,
        store: (Page) throws -> Void
    ) async throws {
        var request = first
        var seen: Set<String> = []
        while true {
            let page = try await clever.read(request, parse)
            try store(page)
            advance()
            guard let next = next(page) else { return }
            guard seen.insert(next).inserted else {
                throw SideFailure.malformed(.clever, detail: "its pages of \(list) go round in a circle")
            }
            do {
                request = try cleverRequests.following(next)
            } catch {
                throw SideFailure.malformed(.clever, detail: error.what)
            }
        }
    }

    /// The overrides as they are now; where the file has a mistake, as they were when it had none. A mistake is
    /// said once, shown by `status`, and blocks nothing else.
    private func loadOverrides() throws -> OverridesFile {
        let none = OverridesFile(overrides: Overrides(), digest: "none", text: "")
        let (lastText, lastProblem) = try state.reading {
            (try $0.text(.overridesText), try $0.text(.overridesProblem))
        }
        do {
            let file = try world.overrides() ?? none
            if file.text != lastText ?? "" || lastProblem != nil {
                try state.transaction { tx in
                    try tx.set(.overridesText, text: file.text)
                    try tx.set(.overridesProblem, text: nil)
                }
            }
            operatorProblem = nil
            return file
        } catch let error as StateError {
            throw error
        } catch {
            let problem = "overrides_file: \(error)"
            operatorProblem = problem
            if problem != lastProblem {
                try state.transaction { try $0.set(.overridesProblem, text: problem) }
                log(
                    .error, .configRejected,
                    [
                        "key": "matching.overrides_file", "reason": .id(problem),
                        "repair": "mend the file; until then the overrides stay as they were",
                    ])
            }
            return try lastText.map { try OverridesFile(csv: $0) } ?? none
        }
    }
}

extension RosterSection {
    init(_ section: CleverSection) {
        self.init(
            cleverID: section.id, school: section.school, sisID: section.sisID, sectionNumber: section.sectionNumber,
            subject: section.subject, period: section.period, termID: section.termID, students: section.students)
    }
}

extension RosterStudent {
    init(_ student: CleverStudent) {
        self.init(
            cleverID: student.id, sisID: student.sisID, studentNumber: student.studentNumber, stateID: student.stateID)
    }
}
