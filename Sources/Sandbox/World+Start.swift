extension World {
    /// The world of a plan, before anything has happened in it.
    init(_ settings: SandboxSettings) {
        let now = settings.clock.now()
        let plan = settings.plan
        self.init(
            district: DistrictBuilder.build(plan),
            clever: CleverState(
                token: settings.cleverToken, attendance: CleverAttendance(plan: plan, now: now),
                rate: CleverRateLimit(requestsPerMinute: settings.cleverRequestsPerMinute)),
            schoology: SchoologyState(
                oauth: OAuthVerifier(
                    consumerKey: settings.consumerKey, consumerSecret: settings.consumerSecret,
                    allowedSkew: settings.schoologyAllowedSkew),
                budget: CreditBudget(
                    credits: settings.schoologyCredits, windowMilliseconds: settings.schoologyWindowMilliseconds,
                    readCost: settings.schoologyReadCost, writeCost: settings.schoologyWriteCost),
                listsPresentRows: settings.schoologyListsPresentRows,
                attendanceDatesPerPage: settings.schoologyDatesPerPage),
            faults: FaultBook(seed: plan.seed))
        schoology.triggers.firesForWrites = settings.triggersForWrites
        schoology.triggers.retryMilliseconds = settings.triggerRetryMilliseconds
        schoology.oauth.allowedStep = settings.schoologyAllowedStep
        if plan.teacherMarksPercent > 0 { addTeacherMarks(plan) }
    }

    /// Some of today's marks have been taken in Schoology too, with a comment.
    private mutating func addTeacherMarks(_ plan: DistrictPlan) {
        var random = SplitMix64(seed: plan.seed ^ 0x7EAC)
        for student in district.students.indices {
            for (section, mark) in clever.attendance.records(of: Int32(student), in: district, on: plan.today)
            where section >= 0 && mark.status != "present" {
                guard random.below(100) < plan.teacherMarksPercent,
                    let enrollment = district.counterpart(student: student, section: Int(section))
                else { continue }
                schoology.write(
                    enrollment: Int32(enrollment), section: district.enrollments[enrollment].section, day: plan.today,
                    status: mark.status == "tardy" ? 3 : 2, comment: "taken in class", byAPI: false)
            }
        }
    }
}
