import AttendanceCore
import Sandbox
import SyncState

/// What people entered, and what both sides agreed on.
extension Proof {
    /// A person's edit that nobody else has seen isn't overwritten without a line in the conflict log.
    func checkNotLost(
        _ key: Ledger.Key, _ side: Side, overwrittenWith status: Status, couldNotKnow: Bool
    ) {
        let history = town.ledger[key]
        guard let edit = history[side].last, edit.by == .office || edit.by == .teacher, let value = edit.value,
            !history.agreed(on: value, since: edit.at)
        else { return }
        guard !couldNotKnow else {
            town.counts.unseeable += 1
            return
        }
        // Not a change by the contract's words: it says what both had agreed on.
        let base = reading(key) { try $0.mark($1).base } ?? .present
        let isBelievable =
            side == .clever || history.canHaveBeenBase(value, before: edit.at)
            || seen.contains(key, value, before: edit.at)
            || tries.mayBeTakenFor(key, value, at: edit.at)
            // Clever said the same, as far as was known.
            || history.said(value, .clever, since: knownOfClever(key.day, at: edit.at))
        guard base != value || !isBelievable else { return }
        let lines = conflicts(key).filter { $0.value(side) == value }
        guard let last = lines.last else {
            return fail("lost edit", describe(key, "\(side)'s \(value) was overwritten with \(status)"))
        }
        // Clever may take a file that was right when it was uploaded; then what is right now comes after it.
        let deciding = side == .clever ? lines : [last]
        if !deciding.contains(where: { oracle.allows($0, overwriting: side, with: status) }) {
            fail("policy", describe(key, "\(side)'s \(value) was to stay, and was overwritten with \(status)"))
        }
        owed.append((key, side, value))
    }

    /// Every line of the conflict log is one, and decided as the configuration says.
    func checkConflicts() {
        for line in reading({ try $0.conflicts(openOnly: false) }) ?? [] {
            if let objection = oracle.objection(to: line) {
                fail(
                    "conflict log",
                    "line \(line.id) of \(line.key): base \(line.base) clever \(line.clever) schoology \(line.schoology): \(objection)"
                )
            }
        }
    }

    /// The base is only ever what both sides said.
    func checkBases() {
        let bases =
            reading { tx in
                try tx.bases().map { (ids: try tx.cleverIDs($0.key), day: $0.key.day, base: $0.base) }
            } ?? []
        for entry in bases {
            guard
                let place = town.places.firstIndex(where: {
                    $0.student == entry.ids.student && $0.section == entry.ids.section
                })
            else { continue }
            let key = Ledger.Key(place: place, day: entry.day)
            let history = town.ledger[key]
            let early = Timestamp(milliseconds: .min)
            guard Side.allCases.contains(where: { !history.said(entry.base, $0, since: early) }) else { continue }
            fail("base", describe(key, "the base is \(entry.base), which not both sides have said"))
        }
    }
}
