import AttendanceCore
import Sandbox

/// Draws what happens in a history.
struct Steps {
    private let scenario: Scenario
    private var random: SplitMix64
    private var steps: [Step] = []
    /// So many people work a day, at most.
    private var editsPerDay = 0
    /// Of so many places; those that a small town doesn't have are counted on from its first.
    private var placeCount: Int {
        scenario.students > Scenario.mostStudents ? scenario.students * scenario.sectionsPerStudent : 64
    }

    init(_ scenario: Scenario, _ random: SplitMix64) {
        self.scenario = scenario
        self.random = random
    }

    mutating func drawn() -> [Step] {
        let isYear = scenario.length == .year
        editsPerDay = isYear ? 3 : 4 + random.below(24)
        // A school of a size that somebody asked for: each day something is entered of one student in five.
        if scenario.students > Scenario.mostStudents { editsPerDay = max(editsPerDay, scenario.students * 2 / 5) }
        let days = Int(scenario.end.milliseconds / 86_400_000) + 1
        for day in 0..<days { drawDay(day) }
        // Some histories are calm, so that what is done with nobody interfering is seen too.
        let trouble = random.below(5)
        if trouble > 0 { drawTrouble(isYear ? 60 : trouble * (scenario.length == .weeks ? 6 : 3)) }
        drawOperators(days)
        drawDistrict(days)
        if trouble > 0 { drawRefusals(days) }
        return steps.filter { $0.at < scenario.end }.sorted { $0.at < $1.at }
    }

    // MARK: Operators

    /// From numbers of its own, so that the rest of a seed's history stays what it was before operators could do this.
    private mutating func drawOperators(_ days: Int) {
        random = SplitMix64(seed: scenario.seed &* 0x9E37_79B9 ^ 0x0B5E)
        for day in 0..<days {
            let midnight = Span.days(Int64(day))
            if scenario.settings.safety != SafetySettings() {
                for _ in 0..<random.below(4) {
                    add(midnight + moment(), .operatorDecidesHeld(discards: random.below(5) == 0))
                }
            }
            if random.below(12) == 0 {
                add(midnight + moment(), .operatorPauses(lasting: .minutes(Int64(5 + random.below(600)))))
            }
            if random.below(12) == 0 { add(midnight + moment(), .operatorBackfills(days: 1 + random.below(10))) }
        }
    }

    // MARK: The district

    /// What happens to a district as a whole, from numbers of its own as well.
    private mutating func drawDistrict(_ days: Int) {
        random = SplitMix64(seed: scenario.seed &* 0xC2B2_AE35 ^ 0xD157)
        if random.below(40) == 0 {
            add(
                .days(Int64(random.below(days))) + moment(),
                .everySectionGone(lasting: .hours(Int64(1 + random.below(70)))))
        }
        guard scenario.length != .days, random.below(3) > 0 else { return }
        // Clever pauses a district for its holidays; a whole school year's, for the summer.
        let first = scenario.calendar.summer.map {
            Int64($0.number - scenario.day(scenario.start).number) + Int64(random.below(7))
        }
        let length = scenario.length == .year ? 8 + random.below(25) : 1 + random.below(4)
        add(.days(first ?? Int64(random.below(days))), .districtPaused(lasting: .days(Int64(length))))
    }

    /// In one history of three, from numbers of its own: Schoology fails for hours in what it says of single marks, and an
    /// operator gives some of them up.
    private mutating func drawRefusals(_ days: Int) {
        random = SplitMix64(seed: scenario.seed &* 0x1656_67B1 ^ 0x4EF5)
        guard random.below(3) == 0 else { return }
        let kinds = [FaultKind.itemCode, .itemCodeApplied, .itemCount, .serverErrorApplied]
        for _ in 0..<1 + random.below(4) {
            let at = Span.days(Int64(random.below(days))) + moment()
            let span = Span.hours(Int64(1 + random.below(12)))
            add(at, .fault(kinds[random.below(kinds.count)], percent: [30, 60, 100][random.below(3)], lasting: span))
            if random.below(2) == 0 {
                add(at + .minutes(Int64(random.below(600))), .operatorDrops(write: random.below(50)))
            }
        }
    }

    // MARK: People

    private mutating func drawDay(_ day: Int) {
        let midnight = Span.days(Int64(day))
        let calendar = scenario.calendar
        let date = scenario.day(scenario.start + midnight)
        if let summer = calendar.summer, date >= summer { return }
        let isOff = !calendar.bells.isEmpty && !calendar.isInSession(date)
        // On a day off some people correct what was.
        for _ in 0..<random.below(isOff ? 3 : editsPerDay + 1) { drawEdit(midnight, isOff: isOff) }
        if !isOff, let bell = calendar.bells.randomElement(using: &random) { drawRollCall(midnight + bell) }
        if calendar.terms.contains(date) { drawTerm(midnight) }
        for _ in 0..<(1 + random.below(6)) { add(midnight + moment(), .officeSync) }
        for _ in 0..<random.below(4) {
            add(midnight + moment(), .cleverTakesFile(processing: .seconds(Int64(random.below(600)))))
        }
        if random.below(6) == 0 { drawRoster(midnight) }
        if random.below(8) == 0 { add(midnight + moment(), .operatorResolves(take: random.below(6))) }
        if random.below(8) == 0 { add(midnight + moment(), .operatorRetriesDead) }
        if random.below(10) == 0 { add(midnight + moment(), .operatorRunsOnce) }
        if random.below(10) == 0 { add(midnight + moment(), .strayTrigger(place: random.below(placeCount))) }
    }

    /// A period begins: a teacher goes down the list, and the office hears of it.
    private mutating func drawRollCall(_ bell: Span) {
        let first = random.below(placeCount)
        for place in first...(first + random.below(5)) {
            let at = bell + .seconds(Int64(random.below(480)))
            let status = [2, 2, 3, 4][random.below(4)]
            add(at, .teacherMarks(place: place, daysAgo: 0, status: status, tells: .milliseconds(800)))
        }
        if random.below(2) == 0 {
            let word = 1 + random.below(3)
            add(bell + .minutes(12), .officeMarks(place: first, daysAgo: 0, word: word, isDaily: false))
        }
        add(bell + .minutes(15), .officeSync)
    }

    /// Before the first bell many students get another section.
    private mutating func drawTerm(_ midnight: Span) {
        for place in 0..<12 {
            let at = midnight + .hours(6) + .seconds(Int64(random.below(3600)))
            add(at, .moves(place: place, section: random.below(16)))
        }
    }

    /// Mostly of today and yesterday, some days later; some people come back to the same mark again and again.
    private mutating func drawEdit(_ midnight: Span, isOff: Bool) {
        let at = midnight + moment()
        let daysAgo = max([0, 0, 0, 0, 1, 1, 2, 3, 7, 12][random.below(10)], isOff ? 1 : 0)
        let place = random.below(random.below(3) == 0 ? 3 : placeCount)
        if random.below(2) == 0 {
            add(
                at,
                .officeMarks(
                    place: place, daysAgo: daysAgo, word: random.below(Scenario.officeWords.count),
                    isDaily: random.below(3) == 0))
            if random.below(2) == 0 { add(at + .seconds(Int64(random.below(900))), .officeSync) }
        } else {
            let tells: Span? = random.below(2) == 0 ? .milliseconds(Int64(random.below(5000))) : nil
            add(at, .teacherMarks(place: place, daysAgo: daysAgo, status: random.below(5), tells: tells))
        }
        // The other side edits the same mark at about the same time.
        if random.below(5) == 0 {
            let soon = at + .seconds(Int64(random.below(1800)))
            if random.below(2) == 0 {
                add(
                    soon,
                    .officeMarks(
                        place: place, daysAgo: daysAgo, word: random.below(Scenario.officeWords.count), isDaily: false))
                add(soon + .seconds(Int64(random.below(600))), .officeSync)
            } else {
                add(soon, .teacherMarks(place: place, daysAgo: daysAgo, status: random.below(5), tells: nil))
            }
        }
    }

    private mutating func drawRoster(_ midnight: Span) {
        let at = midnight + moment()
        switch random.below(4) {
        case 0: add(at, .enrollsAnew(place: random.below(placeCount)))
        case 1: add(at, .moves(place: random.below(placeCount), section: random.below(16)))
        case 2: add(at, .arrives(section: random.below(16), inSchoologyAfter: .minutes(Int64(random.below(600)))))
        default: add(at, .leaves(place: random.below(placeCount), lasting: .hours(Int64(1 + random.below(30)))))
        }
    }

    // MARK: Trouble

    private mutating func drawTrouble(_ count: Int) {
        for _ in 0..<count {
            let at = Span.milliseconds(Int64(random.unit() * Double(scenario.end.milliseconds)))
            switch random.below(24) {
            case 0..<11:
                let kind = FaultKind.allCases[random.below(FaultKind.allCases.count)]
                let percent = [2, 10, 30, 60, 100][random.below(5)]
                let minutes = Int64(1 + random.below(300))
                // A few minutes of those would mostly meet no write at all.
                let lasting = Span.minutes(kind.strikesOnlyWrites ? minutes * 8 : minutes)
                add(at, .fault(kind, percent: percent, lasting: lasting))
            case 11..<15:
                add(at, .crash(aCrash(), afterEffects: 1 + random.below(60), bootsAfter: aBoot()))
            case 15, 16:
                add(at, .crashInTransaction(aCrash(), afterEffects: 1 + random.below(200), bootsAfter: aBoot()))
            case 17: add(at, .restart(bootsAfter: aBoot()))
            case 18:
                let range = random.below(2) == 0 ? 480 : 7200
                let jump = Span.seconds(Int64(random.below(range) - range / 2))
                let span = Span.minutes(Int64(1 + random.below(400)))
                switch random.below(4) {
                case 0: add(at, .serverClockJumps(.clever, jump, lasting: span))
                case 1: add(at, .serverClockJumps(.schoology, jump, lasting: span))
                default: add(at, .clockJumps(jump, lasting: span))
                }
            case 19: add(at, .diskFull(lasting: .minutes(Int64(1 + random.below(240)))))
            case 20:
                add(
                    at,
                    random.below(2) == 0
                        ? .diskBusy(attempts: [3, 40, 2000][random.below(3)]) : .diskFails(effects: 1 + random.below(6))
                )
            case 21: add(at, .districtPaused(lasting: .minutes(Int64(10 + random.below(900)))))
            case 22: add(at, .sectionGone(section: random.below(16), lasting: .hours(Int64(1 + random.below(30)))))
            default:
                let span = Span.minutes(Int64(5 + random.below(600)))
                add(at, random.below(2) == 0 ? .cleverTokenRevoked(lasting: span) : .schoologyKeyRevoked(lasting: span))
            }
        }
    }

    private mutating func aCrash() -> Crash { random.below(3) == 0 ? .powerFailed : .killed }

    private mutating func aBoot() -> Span { .milliseconds(Int64([100, 2000, 30_000, 3_600_000][random.below(4)])) }

    /// Of a day: mostly while school is in session.
    private mutating func moment() -> Span {
        let morning = scenario.calendar.bells.isEmpty ? Span.zero : .hours(7)
        return random.below(5) == 0
            ? .seconds(Int64(random.below(86_400))) : morning + .seconds(Int64(random.below(9 * 3600)))
    }

    private mutating func add(_ at: Span, _ action: Action) {
        steps.append(Step(at, action))
    }
}
