import AttendanceCore
import Sandbox
import SyncState

/// What the end has to be.
extension Proof {
    /// No write waits, no conflict, no record for somebody whom a daily refresh of the roster will find again, and no
    /// section's suspension.
    var nothingIsUnderWay: Bool {
        // The roster is read once a day, with a poll.
        let refresh = Span.hours(25) + town.settings.clever.pollInterval
        if let changed = town.rosterChanged, town.time.now < changed + refresh { return false }
        let totals = reading { try $0.totals(now: machineNow()) } ?? StateTotals()
        return totals.outbox + totals.openConflicts + totals.waiting + totals.suspendedSections == 0
    }

    /// The first cycle after this has whatever the lookback covers now before it, with nothing in its way.
    func heals() { healing = town.today }

    /// Both sides are equal under the status map, the log has what was overwritten, the audit trail tells the end.
    func checkEnd() {
        guard let totals = reading({ try $0.totals(now: machineNow()) }) else {
            return fail("no end", "the state can't be read")
        }
        if totals.openConflicts > 0 { fail("end", "\(totals.openConflicts) open conflicts") }
        if totals.unknown > 0 { fail("end", "\(totals.unknown) writes with an unknown end") }
        let both = town.scenario.settings.direction == .both
        for key in town.ledger.histories.keys.sorted(by: { ($0.place, $0.day) < ($1.place, $1.day) }) {
            checkTrail(key, agreedOn: checkEqual(key, both: both))
        }
        checkConflicts()
        // A row for a mark whose code nobody configured waits for an operator, as its record does.
        if both, totals.outbox > 0, !town.scenario.settings.statusMap.leavesCodesOut {
            fail("end", "the outbox holds \(totals.outbox)")
        }
        if case .broken(let line, _) = reading({ try $0.verifyAuditTrail() }) {
            fail("audit", "line \(line) does not follow from the one before it")
        }
        for (key, side, value) in owed where !conflicts(key).contains(where: { $0.value(side) == value }) {
            fail("lost conflict", describe(key, "\(side)'s \(value) is in the conflict log no longer"))
        }
    }

    var isPausedByOperator: Bool { (reading { try $0.pause(now: machineNow()) } ?? nil) != nil }

    /// An operator has discarded what would make the two equal.
    func isRefused(_ key: Ledger.Key) -> Bool {
        reading(key) {
            let mark = try $0.mark($1)
            return mark.refusedClever != nil || mark.refusedSchoology != nil
        } ?? false
    }

    /// Where only one side is written, what differs is shown as drift or was a conflict.
    func isShown(_ key: Ledger.Key) -> Bool {
        reading(key) { try $0.mark($1).drift != nil || !$0.conflicts(of: $1).isEmpty } ?? false
    }

    /// - Returns: what both sides say, where both are written and the healing had the day before it.
    private func checkEqual(_ key: Ledger.Key, both: Bool) -> Status? {
        guard town.places[key.place].isActive,
            key.day > (healing ?? town.today).first(of: town.scenario.settings.clever.lookback),
            let clever = town.cleverSays(key.place, key.day)
        else { return nil }
        let schoology = town.schoologySays(key.place, key.day)
        if clever != schoology, both || !isShown(key), !isRefused(key) {
            fail("end", describe(key, "Clever says \(clever), Schoology \(schoology)"))
        }
        return both && clever == schoology ? clever : nil
    }

    /// The trail alone gives the base, line after line, and has everything that was brought to a side and stayed there. It ends
    /// with what both agree on.
    private func checkTrail(_ key: Ledger.Key, agreedOn status: Status?) {
        let (trail, base) =
            reading(key) { (try $0.auditTrail($1), try $0.mark($1).base) } ?? ([AuditLine](), Status.present)
        let replay = AuditReplay(trail)
        if let status, replay.last ?? .present != status {
            fail(
                "audit",
                describe(key, "the trail ends with \(replay.last ?? .present), the sides say \(status)"))
        }
        if let objection = replay.objection { fail("audit", describe(key, objection)) }
        if !replay.bases.contains(base) {
            fail("audit", describe(key, "the base is \(base), by the trail \(replay.bases.map { "\($0)" }.sorted())"))
        }
        // What a teacher had said was overwritten: the trail names who decided that.
        if owed.contains(where: { $0.key == key && $0.side == .schoology }), !replay.hasDecidedWrite,
            town.ledger[key].schoology.last?.by == .sync, !unheard.contains(key)
        {
            fail("audit", describe(key, "the trail has no policy and no operator for what was overwritten"))
        }
        for side in Side.allCases {
            guard let change = town.ledger[key][side].last, change.by == .sync, let value = change.value else {
                continue
            }
            if !(replay.brought[side]?.contains(value) ?? false), !(side == .schoology && unheard.contains(key)) {
                fail("audit", describe(key, "the trail has not that \(side) became \(value)"))
            }
        }
    }
}
