import AttendanceCore
import Foundation

/// What was sent to Schoology, and whether the daemon has seen since what became of it: until then a teacher who enters the
/// same can't be told from it.
struct SentWatch {
    private struct Try {
        var at: Timestamp
        var status: Status
        /// A reading that was served after it, and whether the cycle that read came to its end.
        var readAt: Timestamp?
        var isKnown = false
    }

    private var tries: [Ledger.Key: [Try]] = [:]
    /// Those with a try of which the daemon doesn't know yet.
    private var open: Set<Ledger.Key> = []

    mutating func leaves(_ exchange: Exchange, _ town: SimulatedTown) {
        guard let body = try? JSONSerialization.jsonObject(with: Data(exchange.sandboxRequest.body)) as? [String: Any],
            let items = (body["attendances"] as? [String: Any])?["attendance"] as? [[String: Any]]
        else { return }
        for item in items {
            guard let enrollment = item["enrollment_id"] as? String, let place = town.place(ofEnrollment: enrollment),
                let day = (item["date"] as? String).flatMap({ Day($0) }),
                let status = (item["status"] as? String).flatMap({ Int($0) }).flatMap(Status.init(rawValue:))
            else { continue }
            let key = Ledger.Key(place: place, day: day)
            tries[key, default: []].append(Try(at: town.time.now, status: status))
            open.insert(key)
        }
    }

    mutating func read(
        _ days: ClosedRange<Day>, of section: String, servedAt: Timestamp, _ town: SimulatedTown
    ) {
        update {
            guard town.places[$0.place].schoologySection == section, days.contains($0.day), $1.readAt == nil,
                $1.at < servedAt
            else { return }
            $1.readAt = servedAt
        }
    }

    mutating func cycleEnded() {
        update { $1.isKnown = $1.readAt != nil }
        open = open.filter { tries[$0]!.contains { !$0.isKnown } }
    }

    /// What the process before had not stored, or not for good, is not known.
    mutating func booted(afterPowerFailure: Bool) {
        if afterPowerFailure { open = Set(tries.keys) }
        update {
            if afterPowerFailure { $1.isKnown = false }
            if !$1.isKnown { $1.readAt = nil }
        }
    }

    /// Whether what somebody entered then may have been taken for what was sent before.
    func mayBeTakenFor(_ key: Ledger.Key, _ value: Status, at time: Timestamp) -> Bool {
        (tries[key] ?? []).contains {
            $0.status == value && $0.at < time && !($0.isKnown && $0.readAt.map { $0 < time } ?? false)
        }
    }

    private mutating func update(_ change: (Ledger.Key, inout Try) -> Void) {
        for key in open {
            for index in tries[key]!.indices { change(key, &tries[key]![index]) }
        }
    }
}
