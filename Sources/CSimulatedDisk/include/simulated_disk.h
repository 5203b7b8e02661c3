// A disk for SQLite that lives in memory and fails on demand: a VFS for the simulator.
//
// All of it belongs to one thread. A crash ends an "epoch": every file that was opened before it answers
// SQLITE_IOERR from then on, as for a process that is gone, and what survives is what the crash left.
#ifndef SIMULATED_DISK_H
#define SIMULATED_DISK_H

#include <stdint.h>

/// The name under which SQLite knows the disk.
#define SIMULATED_DISK_NAME "simulated"

/// Makes the disk known to SQLite. Returns SQLite's result code.
int simulated_disk_register(void);

/// Removes every file, ends all faults, and seeds what SQLite draws at random.
void simulated_disk_reset(uint64_t seed);

/// The time, by which the kernel writes back what nobody syncs.
void simulated_disk_set_time(int64_t milliseconds);

/// Puts a file there, as durable.
void simulated_disk_put(const char *name, const void *bytes, int64_t count);
/// The file's bytes now; NULL where there is none. Valid until the next call of any function here.
const void *simulated_disk_get(const char *name, int64_t *count);

/// How a machine ends.
enum simulated_disk_crash {
    /// The process is killed: what it wrote stays.
    SIMULATED_DISK_KILLED = 0,
    /// The power fails: of what was written and not synced, each write survives or not, or half.
    SIMULATED_DISK_POWER_FAILED = 1
};
void simulated_disk_crash(enum simulated_disk_crash how);

/// After so many more writes and syncs the machine ends by itself, in the middle of whatever SQLite is doing. 0: not.
void simulated_disk_crash_after(int64_t effects, enum simulated_disk_crash how);
/// Whether that has happened since it was asked for: 0, or how it ended, plus one.
int simulated_disk_has_crashed(void);

/// The disk is full for every file that would grow, or no longer.
void simulated_disk_set_full(int is_full);
/// So many attempts to take the write lock find it taken: another process is writing.
void simulated_disk_set_busy(int64_t attempts);
/// So many writes or syncs fail with an input/output error.
void simulated_disk_set_failing(int64_t effects);

/// Somebody looks at the disk who is not of its world: meanwhile nothing is full, busy, fails or crashes.
void simulated_disk_set_observed(int is_observed);

/// What the faults did: writes refused for a full disk, locks refused, errors.
int64_t simulated_disk_count_full(void);
int64_t simulated_disk_count_busy(void);
int64_t simulated_disk_count_errors(void);

#endif
