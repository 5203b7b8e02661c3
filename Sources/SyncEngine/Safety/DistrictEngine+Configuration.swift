import AttendanceCore
import SyncState

/// A configuration that means something else by the same records: what follows from it is decided anew, and held.
extension DistrictEngine {
    /// Sees whether the configuration in force is the one that the state was decided under.
    func noteConfiguration() throws {
        let current = settings.fingerprint
        let isNews = try state.transaction { tx -> Bool in
            guard let accepted = try tx.text(.fingerprint) else {
                try tx.set(.fingerprint, text: current)
                return false
            }
            let applied = try tx.text(.appliedFingerprint)
            guard current != applied ?? accepted else { return false }
            // Also on the way back: what was decided meanwhile follows from the other one.
            if let batch = try tx.openBatch(kind: .configuration) { try tx.dissolve(batch, now: now) }
            try tx.reopenEverything()
            try tx.judgeEverythingAnew()
            try tx.set(.appliedFingerprint, text: current == accepted ? nil : current)
            try tx.set(.appliedAt, current == accepted ? nil : now.milliseconds)
            return true
        }
        guard isNews else { return }
        log(
            .notice, .configReloaded,
            ["reason": "direction, scope, matching, mapping or time zone was changed: everything is decided anew"])
    }

    /// Once everything has been looked at under the new configuration and nothing follows from it, it is the accepted one.
    func acceptConfigurationWithoutConsequences() throws {
        try state.transaction { [settings, now] tx in
            guard let applied = try tx.number(.appliedAt), try tx.number(.watermark) != nil,
                try tx.openBatch(kind: .configuration) == nil
            else { return }
            let schools = try tx.schools(only: settings.clever.schools).map(\.id)
            // What is matched only later would follow from the change as well.
            guard try tx.text(.overridesDigest) != nil, try tx.schoologyRosterIsFresh(schools: schools) else { return }
            let hasReadBack =
                try !settings.direction.writesClever
                || tx.hasReadAllSections(since: Timestamp(milliseconds: applied), schools: schools, now: now)
            if hasReadBack { try tx.acceptConfiguration() }
        }
    }
}
