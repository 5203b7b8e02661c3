import GRDB
import GRDBSQLite
import Synchronization

@testable import SyncState

/// What SQLite did on one connection: counts that are the same on every machine.
final class Work: Sendable {
    struct Counts: Equatable {
        /// Statements that ran to their end or were reset.
        var statements = 0
        /// Instructions of SQLite's virtual machine (`SQLITE_STMTSTATUS_VM_STEP`): what a query without an index costs.
        var steps = 0
        /// The same, of each statement.
        var stepsOf: [String: Int] = [:]

        static func - (left: Counts, right: Counts) -> Counts {
            Counts(
                statements: left.statements - right.statements, steps: left.steps - right.steps,
                stepsOf: left.stepsOf.merging(right.stepsOf.mapValues(-)) { $0 + $1 })
        }
    }

    private let counts = Mutex(Counts())

    var sofar: Counts { counts.withLock { $0 } }

    /// How often its connection has read a page that its cache didn't have.
    static func pagesRead(_ state: SyncState) throws -> Int {
        try state.reading { tx in
            var (now, most): (Int32, Int32) = (0, 0)
            let code = sqlite3_db_status(tx.db.sqliteConnection, SQLITE_DBSTATUS_CACHE_MISS, &now, &most, 0)
            precondition(code == SQLITE_OK)
            return Int(now)
        }
    }

    /// Counts from now on, for as long as the connection is open.
    func watch(_ state: SyncState) throws {
        // Never given back: the connection may outlive the test's last look at it.
        let context = Unmanaged.passRetained(self).toOpaque()
        try state.reading { tx in
            let code = sqlite3_trace_v2(
                tx.db.sqliteConnection, UInt32(SQLITE_TRACE_PROFILE),
                { _, context, statement, _ in
                    let work = Unmanaged<Work>.fromOpaque(context!).takeUnretainedValue()
                    let sql = String(cString: sqlite3_sql(OpaquePointer(statement)))
                    let steps = sqlite3_stmt_status(OpaquePointer(statement), SQLITE_STMTSTATUS_VM_STEP, 1)
                    work.counts.withLock {
                        $0.statements += 1
                        $0.steps += Int(steps)
                        $0.stepsOf[sql, default: 0] += Int(steps)
                    }
                    return 0
                }, context)
            precondition(code == SQLITE_OK)
        }
    }
}
