import Foundation
import Operations

/// The limit of open files: too low a one would show itself anywhere, as whatever could not be opened.
enum OpenFiles {
    /// Enough for one district in both directions, its triggers and SQLite, measured with some to spare.
    private static let forTheFirst = 64
    private static let forEachFurther = 32

    /// Raises the limit to what the process may have, and ends the process with 78 where that is too little.
    static func ensure(districts: Int = 1) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, most))
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        let needed = forTheFirst + forEachFurther * max(0, districts - 1)
        guard limit.rlim_cur < rlim_t(needed) else { return }
        Terminal.complain(
            "only \(limit.rlim_cur) files may be open at a time, and \(needed) are needed\n"
                + "  to mend it: raise the limit (LimitNOFILE= in the service's unit, `ulimit -n`)")
        exit(ExitStatus.operatorMustAct.rawValue)
    }

    /// Some libraries look at every number up to the limit.
    private static let most: rlim_t = 65_536
}
