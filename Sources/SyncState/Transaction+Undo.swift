import AttendanceCore
import GRDB

/// One write of a cycle, and whether it can be put back.
public struct Undoing: Sendable, Equatable {
    public var key: Key
    public var side: Side
    /// What the side said before the cycle, and what the cycle made of it.
    public var was: Status
    public var now: Status
    /// Why it is left as it is; nil: it is put back.
    public var obstacle: String?
}

/// Puts back what a cycle wrote, through the same outbox and valve as any other write.
extension Transaction {
    public func hasCycle(_ id: Int64) throws -> Bool { try row("SELECT 1 FROM cycle WHERE id = ?", [id]) != nil }

    /// What undoing a cycle comes to: each key once for each side, with what the whole cycle made of it.
    ///
    /// - Parameter clever: what Clever says of a key now, by the status map; nil where it has no entry.
    public func undoing(
        cycle: Int64, direction: Direction, clever: (Key) throws -> Status?
    ) throws -> [Undoing] {
        var found: [Undoing] = []
        var places: [UndoPlace: Int] = [:]
        for row in try rows(
            "SELECT section, student, day, side, was, now FROM audit WHERE cycle = ? AND side <> 0 ORDER BY id", [cycle]
        ) {
            guard let side = Side(code: row[3]) else { continue }
            let key = Key(section: row[0], student: row[1], day: Day(number: row[2]))
            let now = Status(rawValue: row[5]) ?? .present
            if let index = places[UndoPlace(key: key, side: side)] {
                found[index].now = now
            } else {
                places[UndoPlace(key: key, side: side)] = found.count
                found.append(Undoing(key: key, side: side, was: Status(rawValue: row[4]) ?? .present, now: now))
            }
        }
        found.removeAll { $0.was == $0.now }
        for index in found.indices {
            found[index].obstacle = try obstacle(
                to: found[index], direction: direction, clever: clever(found[index].key))
        }
        return found
    }

    private struct UndoPlace: Hashable {
        var key: Key
        var side: Side
    }

    /// Only what still stands as the cycle left it is put back: anything else is somebody's later word.
    private func obstacle(to undoing: Undoing, direction: Direction, clever: Status?) throws -> String? {
        let mark = try mark(undoing.key)
        let item = try outboxItem(undoing.key, side: undoing.side)
        switch undoing.side {
        case .schoology:
            guard direction.writesSchoology else { return "nothing is written to Schoology (direction)" }
            if let item, item.undoes == undoing.now, item.status == undoing.was {
                return "it is being put back already"
            }
            if item != nil { return "another write to it is on its way" }
            let shown = mark.schoology ?? .present
            return shown == undoing.now ? nil : "Schoology shows \(shown) now"
        case .clever:
            guard direction.writesClever else { return "nothing is written to Clever (direction)" }
            if let item, item.undoes == undoing.now, item.status == undoing.was {
                return "it is being put back already"
            }
            if let item { return item.status == undoing.now ? nil : "another row for it is on its way" }
            guard let clever else { return "Clever's mark has a code that status_map has no entry for" }
            return clever == undoing.now ? nil : "Clever says \(clever) now"
        }
    }

    /// Decides the write that puts it back. The side that it came from keeps its word, which is not proposed again
    /// until it changes.
    public func undo(
        _ undoing: Undoing, of cycle: Int64, clever: Status?, by: String, reason: String?, now: Timestamp
    ) throws {
        let key = undoing.key
        let cause = "\(OutboxItem.operatorCause):\(by) undoes cycle \(cycle)" + (reason.map { ": \($0)" } ?? "")
        var mark = try mark(key)
        try audit(key, side: nil, was: mark.base, now: undoing.was, cause: cause, cycle: cycle, at: now)
        mark.base = undoing.was
        switch undoing.side {
        case .schoology: mark.refusedClever = clever
        case .clever: mark.refusedSchoology = mark.schoology ?? .present
        }
        try save(mark, key)
        try dissolveConflict(key, now: now)
        try enqueue(
            key, side: undoing.side, status: undoing.was, cause: cause,
            isPutBack: undoing.side == .clever && clever == undoing.was, undoes: undoing.now, cycle: cycle, now: now)
    }
}
