import AttendanceCore
import Sandbox
import SyncState

/// Writes to Schoology.
extension Proof {
    func wasPut(
        _ items: [RequestRecord.Item], _ exchange: Exchange, isDuplicate: Bool, hasItemFaults: Bool
    ) {
        guard let section = exchange.attendanceSection else { return }
        if pausedSeen == true { fail("paused district", "it is written") }
        if !town.scenario.settings.direction.writesSchoology { fail("direction", "Schoology is written") }
        if items.count > town.scenario.settings.schoology.batchSize { fail("batch size", "\(items.count) items") }
        town.counts.puts += isDuplicate ? 0 : 1
        for item in items {
            guard let day = Day(item.date), let status = Int(item.status).flatMap(Status.init(rawValue:)) else {
                return fail("malformed write", "\(item)")
            }
            // An enrollment that was made anew since is answered 404.
            guard let place = town.place(ofEnrollment: item.enrollment) else { continue }
            guard town.places[place].schoologySection == section else {
                return fail("malformed write", "enrollment \(item.enrollment) in section \(section)")
            }
            guard town.schoologySays(place, day) == status else { continue }
            let key = Ledger.Key(place: place, day: day)
            checkDecided(key, status)
            if !isDuplicate { checkValve(key) }
            let isUnread =
                town.ledger[key].schoology.last.map {
                    $0.at > readings[section]?.servedAt ?? .init(milliseconds: .min)
                } ?? false
            checkComment(key, hasItemFaults: hasItemFaults, isUnread: isUnread)
            if town.ledger[key].value(.schoology) == status {
                // A server that refuses an item, or applies it and says otherwise, and a person who was as quick.
                if !isDuplicate, !hasItemFaults, !isUnread {
                    fail("needless write", describe(key, "is \(status) already"))
                }
                continue
            }
            checkNotLost(key, .schoology, overwrittenWith: status, couldNotKnow: isUnread)
            if !isDuplicate { writtenLast.insert(key) }
            town.note(place, day, .schoology, by: .sync)
        }
    }

    /// The request arrives a second time, and only that answer is heard: it may say that nothing was written.
    func firstAnswerIsLost(_ exchange: Exchange) {
        if exchange.isPut { unheard.formUnion(writtenLast) }
    }

    private func checkValve(_ key: Ledger.Key) {
        guard let item = reading(key, { try $0.outboxItem($1, side: .schoology) }) ?? nil else { return }
        if let problem = valve.leaves(item, enrollments: town.places.count) {
            fail("safety valve", describe(key, "Schoology is written: \(problem)"))
        }
    }

    /// What a teacher wrote beside a mark stays there. Beside one that says present nobody can read it, where Schoology
    /// leaves those rows out.
    private func checkComment(_ key: Ledger.Key, hasItemFaults: Bool, isUnread: Bool) {
        let comment = town.comment(key.place, key.day)
        let isShown = town.ledger[key].value(.schoology) != .present || town.scenario.schoologyListsPresentRows
        if comment != town.comments[key] ?? "", isShown, !isUnread, !hasItemFaults {
            fail("lost comment", describe(key, "'\(town.comments[key] ?? "")' became '\(comment)'"))
        }
        town.comments[key] = comment
    }

    /// What is written to Schoology, Clever has said since it was read last; or an operator has.
    func checkDecided(_ key: Ledger.Key, _ status: Status) {
        let since =
            scans.filter { $0.from <= key.day && key.day <= $0.through }.map(\.sync).max() ?? .init(milliseconds: .min)
        guard !town.ledger[key].said(status, .clever, since: since) else { return }
        guard !conflicts(key).contains(where: { $0.decision == status }) else { return }
        fail("undecided write", describe(key, "Schoology is to become \(status)"))
    }
}
