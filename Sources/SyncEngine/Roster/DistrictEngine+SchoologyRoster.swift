import AttendanceCore
import SchoologyAPI
import SyncState
import Transport

/// Asks Schoology for the sections, enrollments and users that the matching rules need: 50 codes, 50 paths at a
/// time. What has been answered is stored and unmarked batch by batch.
extension DistrictEngine {
    private static let batch = 50

    /// Asks what is marked as to be asked, and matches anew.
    ///
    /// - Parameter deadline: the uptime at which it stops and leaves the rest for the next cycle.
    /// - Returns: whether it came to its end.
    @discardableResult
    func refreshSchoologyRoster(overrides: OverridesFile, until deadline: Timestamp?) async throws -> Bool {
        await rosterTurn.take()
        defer { rosterTurn.give() }
        hasRefreshedRoster = true
        progress = CycleProgress(step: .matching)
        let startedAt = world.clock.uptime()
        let schools = try state.reading { [settings] in try $0.schools(only: settings.clever.schools).map(\.id) }
        let rules = settings.matching

        guard try await lookUpSections(schools: schools, until: deadline) else { return false }
        report(
            try state.transaction {
                try $0.matchSections(rules.sections, overrides: overrides.overrides, schools: schools)
            })
        guard try await readEnrollments(schools: schools, until: deadline) else { return false }
        func matchStudents() throws -> [MatchChange] {
            try state.transaction { tx in
                // In one step with the matches, so that no record goes on waiting for what has been found.
                _ = try tx.reopenWaitingRecords()
                return try tx.matchStudents(rules.students, overrides: overrides.overrides, schools: schools)
            }
        }
        var changes = try matchStudents()
        if try await lookUpUsers(schools: schools) {
            let again = try matchStudents()
            let settled = Set(try state.reading { try $0.matchedStudents(among: changes.map(\.cleverID)) })
            changes =
                changes.filter { change in
                    !settled.contains(change.cleverID) && !again.contains { $0.cleverID == change.cleverID }
                } + again
        }
        report(changes)
        let totals = try state.transaction { [now] tx in
            if try tx.number(.schoologyRosterAt) == nil || tx.number(.schoologyRosterBegunAt) != nil {
                try tx.set(.schoologyRosterAt, now.milliseconds)
                try tx.set(.schoologyRosterBegunAt, nil)
            }
            try tx.set(.overridesDigest, text: overrides.digest)
            return try tx.rosterTotals(schools: schools)
        }
        try recovered(.schoology)
        log(
            .info, .rosterRefreshed,
            [
                "schools": .int(schools.count), "sections": .int(totals.sections), "students": .int(totals.students),
                "matched_sections": .int(totals.matchedSections), "matched_students": .int(totals.matchedStudents),
                "unmatched_sections": .int(totals.sections - totals.matchedSections),
                "unmatched_students": .int(totals.students - totals.matchedStudents),
                "duration_ms": .int((world.clock.uptime() - startedAt).milliseconds),
            ])
        return true
    }

    // MARK: Sections

    private func lookUpSections(schools: [Int64], until deadline: Timestamp?) async throws -> Bool {
        guard try state.reading({ try $0.sectionsNeedLookup(schools: schools) }) else { return true }
        let rules = settings.matching.sections
        if rules.contains(where: { $0.schoology == .sectionCode }) { try await listCourses() }
        let byCode = rules.filter { $0.schoology == .sectionSchoolCode }.map(\.clever)
        while true {
            let wanted = try state.reading { try $0.sectionsToLookUp(byCode, schools: schools, limit: Self.batch) }
            guard !wanted.isEmpty else { return true }
            if let deadline, world.clock.uptime() >= deadline { return false }
            var codes: [String] = []
            for code in wanted.flatMap(\.codes) where !codes.contains(code) { codes.append(code) }
            for chunk in BatchPlan.requests(codes, size: Self.batch) {
                let found = try await pages(schoologyRequests.sections(schoolCodes: chunk), SchoologyAnswer.sections)
                try state.transaction { tx in
                    try tx.store(
                        field: .sectionSchoolCode, codes: chunk,
                        sections: found.compactMap { section in
                            guard let code = section.schoolCode, chunk.contains(code), let id = Int64(section.id)
                            else { return nil }
                            return (code, id, section.active, section.meetingDays)
                        })
                }
            }
            try state.transaction { try $0.finishLookup(of: wanted.map(\.section)) }
            advance()
        }
    }

    /// `section_code` can't be asked for: every course is listed, and each course's sections.
    private func listCourses() async throws {
        for course in try await pages(schoologyRequests.courses(), SchoologyAnswer.courses) {
            let found = try await pages(schoologyRequests.sections(course: course), SchoologyAnswer.sections)
            try state.transaction { tx in
                try tx.store(
                    field: .sectionCode, codes: [],
                    sections: found.compactMap { section in
                        guard let code = section.sectionCode, !code.isEmpty, let id = Int64(section.id) else {
                            return nil
                        }
                        return (code, id, section.active, section.meetingDays)
                    })
            }
            advance()
        }
    }

    // MARK: Enrollments

    private func readEnrollments(schools: [Int64], until deadline: Timestamp?) async throws -> Bool {
        var last: Int64 = 0
        while true {
            let wanted = try state.reading { [last] in
                try $0.sectionsToEnroll(after: last, schools: schools, limit: Self.batch)
            }
            guard let end = wanted.last else { return true }
            if let deadline, world.clock.uptime() >= deadline { return false }
            last = end.section
            let answer = try await schoology.read(
                schoologyRequests.multigetEnrollments(sections: wanted.map { String($0.schoologyID) }),
                SchoologyAnswer.multiget)
            advance()
            for (index, place) in wanted.enumerated() {
                let id = String(place.schoologyID)
                // Parts are told apart by their location; by their place where that can't be read.
                let part =
                    answer.parts.first { $0.sectionID == id }
                    ?? (answer.parts.count == wanted.count && answer.parts[index].sectionID == nil
                        ? answer.parts[index] : nil)
                try await store(part, of: place)
            }
        }
    }

    private func store(_ part: MultigetAnswer.Part?, of place: (section: Int64, schoologyID: Int64)) async throws {
        let enrollments: [SchoologyEnrollment]
        if let page = part?.page, part?.code == 200 {
            var all = page.items
            if let next = page.next { all += try await list(try following(next)) }
            enrollments = all
        } else {
            enrollments = try await list(schoologyRequests.enrollments(section: String(place.schoologyID)))
        }
        try state.transaction { tx in
            try tx.store(
                enrollments: enrollments.compactMap(RosterEnrollment.init), section: place.section,
                schoologyID: place.schoologyID)
        }
    }

    /// A section's enrollments from here on. None where the section is not there, or its list is closed to this
    /// key: then nobody of it can be matched.
    func list(_ request: HTTPRequest) async throws(SideFailure) -> [SchoologyEnrollment] {
        do {
            return try await pages(request, SchoologyAnswer.enrollments)
        } catch {
            switch error {
            case .notFound, .gone, .rejected: return []
            case .refusedCredential, .unreachable, .malformed, .noResources, .upload, .stopped: throw error
            }
        }
    }

    // MARK: Users

    /// - Returns: whether anybody was found.
    private func lookUpUsers(schools: [Int64]) async throws -> Bool {
        var found = false
        while true {
            let wanted = try state.reading { [settings] in
                try $0.studentsToLookUp(settings.matching.students, schools: schools, limit: Self.batch)
            }
            guard !wanted.isEmpty else { return found }
            var codes: [String] = []
            for code in wanted.flatMap(\.codes) where !codes.contains(code) { codes.append(code) }
            for chunk in BatchPlan.requests(codes, size: Self.batch) {
                let users = try await pages(schoologyRequests.users(schoolUIDs: chunk), SchoologyAnswer.users)
                let known = users.compactMap { user -> (schoolUID: String, uid: Int64)? in
                    guard let code = user.schoolUID, chunk.contains(code), let uid = Int64(user.uid) else { return nil }
                    return (code, uid)
                }
                found = found || !known.isEmpty
                try state.transaction { try $0.store(users: known, asked: chunk, students: []) }
                advance()
            }
            try state.transaction { try $0.store(users: [], asked: [], students: wanted.map(\.student)) }
        }
    }

    // MARK: Pages and events

    /// Every item of a paged list.
    func pages<Item>(
        _ first: HTTPRequest, _ parse: ([UInt8]) throws -> SchoologyPage<Item>
    ) async throws(SideFailure) -> [Item] {
        var items: [Item] = []
        var request = first
        var seen: Set<String> = []
        while true {
            let page = try await schoology.read(request, parse)
            items += page.items
            guard let next = page.next else { return items }
            guard seen.insert(next).inserted else {
                throw .malformed(.schoology, detail: "its pages go round in a circle")
            }
            request = try following(next)
        }
    }

    func following(_ uri: String) throws(SideFailure) -> HTTPRequest {
        do {
            return try schoologyRequests.following(uri)
        } catch {
            throw .malformed(.schoology, detail: error.what)
        }
    }

    private func report(_ changes: [MatchChange]) {
        for change in changes {
            matchEvents += 1
            guard matchEvents <= Self.matchEventsLogged else { continue }
            log(
                .warning, change.kind == .missing ? .matchMissing : .matchAmbiguous,
                [
                    "kind": change.isSection ? "section" : "student", "clever_id": .id(change.cleverID),
                    "reason": .id(change.reason),
                ])
        }
        if matchEvents > Self.matchEventsLogged, !changes.isEmpty {
            log(
                .warning, .matchMissing,
                [
                    "kind": "more", "count": .int(matchEvents - Self.matchEventsLogged),
                    "reason": "`attendance-sync unmatched` lists them all",
                ])
        }
    }
}

extension RosterEnrollment {
    /// Nil for ids that are not numbers, which Schoology's never are.
    init?(_ enrollment: SchoologyEnrollment) {
        guard let id = Int64(enrollment.id), let uid = Int64(enrollment.uid) else { return nil }
        self.init(
            id: id, uid: uid, schoolUID: enrollment.schoolUID, isAdmin: enrollment.isAdmin, status: enrollment.status)
    }
}
