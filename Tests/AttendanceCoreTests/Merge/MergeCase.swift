import AttendanceCore
import Testing

/// One situation out of a school, in words.
struct MergeCase: Sendable, CustomTestStringConvertible {
    var description: String
    var base: Status
    var clever: Status
    var schoology: Status
    var direction: Direction = .both
    var policy: ConflictPolicy = .clever
    var protect: Set<Status> = [.excused]
    var refusedClever: Status?
    var refusedSchoology: Status?
    var cleverModified: Int64?
    var schoologySeen: Int64?
    var outcome: MergeOutcome

    var testDescription: String { description }

    var input: MergeInput {
        MergeInput(
            base: base, clever: clever, schoology: schoology, refusedClever: refusedClever,
            refusedSchoology: refusedSchoology, cleverModified: cleverModified.map(Timestamp.init(seconds:)),
            schoologySeen: schoologySeen.map(Timestamp.init(seconds:)))
    }

    var rules: MergeRules { MergeRules(direction: direction, policy: policy, protect: protect) }

    static let all: [MergeCase] = oneSideChanged + conflicts + protected + oneDirection + refused

    static let oneSideChanged = [
        MergeCase(
            description: "nothing happened", base: .present, clever: .present, schoology: .present, outcome: .nothing),
        MergeCase(
            description: "the office marks an absence",
            base: .present, clever: .absent, schoology: .present, outcome: .write(to: .schoology, .absent)),
        MergeCase(
            description: "the teacher marks an absence",
            base: .present, clever: .present, schoology: .absent, outcome: .write(to: .clever, .absent)),
        MergeCase(
            description: "both mark the same absence: the base heals without a write",
            base: .present, clever: .absent, schoology: .absent, outcome: .heal(.absent)),
        MergeCase(
            description: "the teacher makes an absence late: the student came after all",
            base: .absent, clever: .absent, schoology: .late, outcome: .write(to: .clever, .late)),
        MergeCase(
            description: "the office makes an absence late",
            base: .absent, clever: .late, schoology: .absent, outcome: .write(to: .schoology, .late)),
        MergeCase(
            description: "the office excuses an absence days later",
            base: .absent, clever: .excused, schoology: .absent, outcome: .write(to: .schoology, .excused)),
        MergeCase(
            description: "the office takes an absence back",
            base: .absent, clever: .present, schoology: .absent, outcome: .write(to: .schoology, .present)),
        MergeCase(
            description: "the teacher takes an absence back: the row is gone from Schoology",
            base: .absent, clever: .absent, schoology: .present, outcome: .write(to: .clever, .present)),
        MergeCase(
            description: "both take an absence back", base: .absent, clever: .present, schoology: .present,
            outcome: .heal(.present)),
    ]

    static let conflicts = [
        MergeCase(
            description: "absent in Clever, late in Schoology: Clever's policy",
            base: .present, clever: .absent, schoology: .late, policy: .clever,
            outcome: .conflict(.write(to: .schoology, .absent))),
        MergeCase(
            description: "absent in Clever, late in Schoology: Schoology's policy",
            base: .present, clever: .absent, schoology: .late, policy: .schoology,
            outcome: .conflict(.write(to: .clever, .late))),
        MergeCase(
            description: "absent in Clever, late in Schoology: left to a person",
            base: .present, clever: .absent, schoology: .late, policy: .hold, outcome: .conflict(.hold)),
        MergeCase(
            description: "the newest edit is the teacher's",
            base: .present, clever: .absent, schoology: .late, policy: .newest, cleverModified: 1, schoologySeen: 2,
            outcome: .conflict(.write(to: .clever, .late))),
        MergeCase(
            description: "the newest edit is the office's",
            base: .present, clever: .absent, schoology: .late, policy: .newest, cleverModified: 2, schoologySeen: 1,
            outcome: .conflict(.write(to: .schoology, .absent))),
        MergeCase(
            description: "edited at the same moment: the official record stays",
            base: .present, clever: .absent, schoology: .late, policy: .newest, cleverModified: 1, schoologySeen: 1,
            outcome: .conflict(.write(to: .schoology, .absent))),
        MergeCase(
            description: "one goes back to present and the other to late: present is a change like any other",
            base: .absent, clever: .present, schoology: .late, policy: .clever,
            outcome: .conflict(.write(to: .schoology, .present))),
    ]

    static let protected = [
        MergeCase(
            description: "the office excused it, the teacher says absent in the same hour: excused stays",
            base: .present, clever: .excused, schoology: .absent, policy: .schoology,
            outcome: .conflict(.write(to: .schoology, .excused))),
        MergeCase(
            description: "excused long ago, the teacher says absent now: excused stays, and it is a conflict",
            base: .excused, clever: .excused, schoology: .absent, policy: .schoology,
            outcome: .conflict(.write(to: .schoology, .excused))),
        MergeCase(
            description: "excused, and the teacher's edit is the newer: excused stays",
            base: .excused, clever: .excused, schoology: .present, policy: .newest, cleverModified: 1,
            schoologySeen: 2, outcome: .conflict(.write(to: .schoology, .excused))),
        MergeCase(
            description: "excused, and the policy overwrites nothing: left to a person",
            base: .excused, clever: .excused, schoology: .late, policy: .hold, outcome: .conflict(.hold)),
        MergeCase(
            description: "excused and Schoology is not written: the winner is Clever, and nothing happens",
            base: .excused, clever: .excused, schoology: .late, direction: .toClever, policy: .schoology,
            outcome: .conflict(.leave(winner: .clever))),
        MergeCase(
            description: "without protect the teacher may make an excused absence late",
            base: .excused, clever: .excused, schoology: .late, protect: [], outcome: .write(to: .clever, .late)),
        MergeCase(
            description: "the teacher's excused has no protection from the office",
            base: .excused, clever: .absent, schoology: .excused, policy: .clever,
            outcome: .write(to: .schoology, .absent)),
    ]

    static let oneDirection = [
        MergeCase(
            description: "to_schoology: the teacher's edit is left alone and shown as drift",
            base: .present, clever: .present, schoology: .absent, direction: .toSchoology,
            outcome: .drift(on: .schoology)),
        MergeCase(
            description: "to_schoology: drift on a protected mark is drift too: neither reverted nor sent",
            base: .excused, clever: .excused, schoology: .absent, direction: .toSchoology,
            outcome: .drift(on: .schoology)),
        MergeCase(
            description: "to_schoology: the office changes a drifted key: a conflict like any other",
            base: .present, clever: .late, schoology: .absent, direction: .toSchoology, policy: .clever,
            outcome: .conflict(.write(to: .schoology, .late))),
        MergeCase(
            description: "to_schoology: a conflict that Schoology wins leaves both sides as they are",
            base: .present, clever: .late, schoology: .absent, direction: .toSchoology, policy: .schoology,
            outcome: .conflict(.leave(winner: .schoology))),
        MergeCase(
            description: "to_clever: the office's edit is left alone and shown as drift",
            base: .present, clever: .absent, schoology: .present, direction: .toClever, outcome: .drift(on: .clever)),
        MergeCase(
            description: "to_clever: the teacher changes a drifted key: a conflict like any other",
            base: .present, clever: .absent, schoology: .late, direction: .toClever, policy: .schoology,
            outcome: .conflict(.write(to: .clever, .late))),
        MergeCase(
            description: "one direction and equal sides: the base heals, whoever changed first",
            base: .present, clever: .absent, schoology: .absent, direction: .toSchoology, outcome: .heal(.absent)),
    ]

    static let refused = [
        MergeCase(
            description: "a refused change is not proposed again",
            base: .present, clever: .absent, schoology: .present, refusedClever: .absent, outcome: .nothing),
        MergeCase(
            description: "the side that was refused changes again: proposed",
            base: .present, clever: .late, schoology: .present, refusedClever: .absent,
            outcome: .write(to: .schoology, .late)),
        MergeCase(
            description: "a refused value does not come through because the other side changed",
            base: .present, clever: .absent, schoology: .late, policy: .clever, refusedClever: .absent,
            outcome: .conflict(.leave(winner: .clever))),
        MergeCase(
            description: "Schoology wins over a value that was refused",
            base: .present, clever: .absent, schoology: .late, policy: .schoology, refusedClever: .absent,
            outcome: .conflict(.write(to: .clever, .late))),
        MergeCase(
            description: "protected and refused: neither side is written",
            base: .present, clever: .excused, schoology: .late, policy: .schoology, refusedClever: .excused,
            outcome: .conflict(.leave(winner: .clever))),
        MergeCase(
            description: "both were refused: nothing is proposed",
            base: .present, clever: .absent, schoology: .late, refusedClever: .absent, refusedSchoology: .late,
            outcome: .nothing),
        MergeCase(
            description: "refused, and then both say the same: the base heals",
            base: .present, clever: .absent, schoology: .absent, refusedClever: .absent, outcome: .heal(.absent)),
    ]
}
