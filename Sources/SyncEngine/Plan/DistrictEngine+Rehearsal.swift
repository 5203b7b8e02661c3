import AttendanceCore
import SchoologyAPI
import SyncState

/// A cycle that reads the world and writes nothing to it. It runs on a copy of the state: what it would send is noted, taken
/// for accepted, and shown by whatever it reads later, so that it comes to the decisions that the real one would.
extension DistrictEngine {
    /// What is done with the writes of a cycle.
    public enum Delivery: Sendable {
        case everything
        /// Noted and not sent.
        case rehearsed
        /// Only these; everything else that is decided waits.
        case only(Set<PlannedWrite.Effect>)

        public var isRehearsed: Bool {
            if case .rehearsed = self { true } else { false }
        }
    }

    /// - Precondition: the engine was made with `delivery: .rehearsed`, on a copy of the state.
    public func rehearse(upload: Bool) async -> Rehearsal {
        let report = await runCycle(.once, upload: upload)
        // The requests that it made count in the server's window, and the state must not know of them: whoever comes next
        // finds them over.
        await schoology.waitUntilSpentIsOver()
        let waiting = (try? state.reading { try self.waitingWrites($0) }) ?? []
        let watermark = (try? state.reading { try $0.number(.watermark) }) ?? nil
        return Rehearsal(
            report: report, writes: planned, waiting: waiting, reads: schoology.requests, puts: counts.puts,
            uploads: planned.contains { $0.effect.side == .clever } ? 1 : 0,
            watermark: watermark.map(Timestamp.init(milliseconds:)))
    }

    var isRehearsal: Bool { delivery.isRehearsed }

    /// Whether it may leave with this cycle.
    func isPermitted(_ item: OutboxItem, from: Status, to: Status, _ tx: Transaction) throws -> Bool {
        guard case .only(let effects) = delivery else { return true }
        let ids = try tx.cleverIDs(item.key)
        return effects.contains(
            PlannedWrite.Effect(
                side: item.side, cleverStudent: ids.student, cleverSection: ids.section, day: item.key.day, from: from,
                to: to))
    }

    /// Takes a request for accepted, and notes what is in it.
    func rehearse(_ batch: [PendingWrite], _ section: PushSection) throws {
        counts.puts += 1
        counts.sent += batch.count
        counts.acknowledged += batch.count
        try state.transaction { tx in
            for write in batch {
                planned.append(try self.plannedWrite(write.item, to: write.status, tx))
                let place = SectionReading.Place(enrollment: write.enrollment, day: write.item.key.day)
                rehearsedMarks[section.schoologyID, default: [:]][place] = write.status
                try self.acknowledge(write, tx)
            }
        }
    }

    func plannedWrite(_ item: OutboxItem, to status: Status, _ tx: Transaction) throws -> PlannedWrite {
        let detail = try tx.keyDetail(item.key, daily: settings.clever.daily)
        let clever = try cleverStatus(item.key, tx)?.status
        let schoology = detail.schoology ?? .present
        return PlannedWrite(
            effect: PlannedWrite.Effect(
                side: item.side, cleverStudent: detail.cleverStudent, cleverSection: detail.cleverSection,
                day: item.key.day, from: item.side == .schoology ? schoology : clever ?? .present, to: status),
            cleverSchool: try tx.schoolCleverID(ofSection: item.key.section),
            schoologySection: detail.schoologySection, enrollment: detail.enrollment, base: detail.base,
            clever: clever, schoology: schoology, reason: item.cause)
    }

    private func waitingWrites(_ tx: Transaction) throws -> [(PlannedWrite, String)] {
        let pause = try isPaused ? "Clever" : tx.pause(now: now)?.by
        return try tx.outbox(deadOnly: false).filter { $0.state != .unconfirmed }.map { item in
            let reason =
                if item.state == .dead {
                    "dead letter"
                } else if item.isHeld {
                    "held by the safety valve: \(try tx.heldBatch(id: item.held ?? 0)?.reason ?? "")"
                } else if let pause {
                    "the district is paused by \(pause)"
                } else if item.side == .clever {
                    item.message ?? "the last upload was less than upload_interval ago"
                } else {
                    item.message ?? "it can't be written now"
                }
            return (try self.plannedWrite(item, to: item.status, tx), reason)
        }
    }
}
