#include "simulated_disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

// https://www.sqlite.org/c3ref/vfs.html and https://www.sqlite.org/c3ref/io_methods.html say what each method owes.

typedef struct Write {
    int64_t offset;
    int64_t count;  // -1: truncated to `offset`
    int64_t at;
    unsigned char *bytes;
} Write;

typedef struct Node {
    char *name;
    int exists;
    unsigned char *data;
    int64_t size, capacity;
    // What is on the platter: the content at the last sync, and what was written since.
    unsigned char *durable;
    int64_t durable_size, durable_capacity;
    Write *writes;
    int write_count, write_capacity;
    // Shared memory of the WAL index, of this epoch.
    void **regions;
    int region_count;
    int64_t region_epoch;
    int shared[SQLITE_SHM_NLOCK];
    int exclusive[SQLITE_SHM_NLOCK];
    struct Node *next;
} Node;

typedef struct File {
    sqlite3_file base;
    Node *node;
    int64_t epoch;
    int lock;
    int delete_on_close;
    uint16_t shared, exclusive;
} File;

static Node *nodes;
static int64_t epoch = 1;
static uint64_t random_state;
static int is_full;
static int is_observed;
static int64_t busy_attempts, failing_effects;
static int64_t crash_countdown;
static enum simulated_disk_crash crash_kind;
static int has_crashed;
static int64_t now;
static int64_t full_count, busy_count, error_count;

static uint64_t draw(void) {
    uint64_t z = (random_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static Node *find(const char *name) {
    for (Node *node = nodes; node; node = node->next)
        if (strcmp(node->name, name) == 0) return node;
    return NULL;
}

static void grow(unsigned char **bytes, int64_t *capacity, int64_t wanted) {
    if (wanted <= *capacity) return;
    int64_t larger = *capacity ? *capacity : 4096;
    while (larger < wanted) larger *= 2;
    *bytes = realloc(*bytes, (size_t)larger);
    if (!*bytes) abort();
    *capacity = larger;
}

static void resize(unsigned char **bytes, int64_t *size, int64_t *capacity, int64_t wanted) {
    grow(bytes, capacity, wanted);
    if (wanted > *size) memset(*bytes + *size, 0, (size_t)(wanted - *size));
    *size = wanted;
}

static void forget_writes(Node *node) {
    for (int i = 0; i < node->write_count; i++) free(node->writes[i].bytes);
    node->write_count = 0;
}

static void apply(Node *node, const Write *write, int64_t count) {
    if (write->count < 0) {
        resize(&node->durable, &node->durable_size, &node->durable_capacity, write->offset);
        return;
    }
    int64_t end = write->offset + count;
    if (end > node->durable_size) resize(&node->durable, &node->durable_size, &node->durable_capacity, end);
    memcpy(node->durable + write->offset, write->bytes, (size_t)count);
}

static void note(Node *node, int64_t offset, int64_t count, const void *bytes) {
    if (node->write_count == node->write_capacity) {
        node->write_capacity = node->write_capacity ? node->write_capacity * 2 : 16;
        node->writes = realloc(node->writes, sizeof(Write) * (size_t)node->write_capacity);
        if (!node->writes) abort();
    }
    Write *write = &node->writes[node->write_count++];
    write->offset = offset;
    write->count = count;
    write->at = now;
    write->bytes = NULL;
    if (count > 0) {
        write->bytes = malloc((size_t)count);
        if (!write->bytes) abort();
        memcpy(write->bytes, bytes, (size_t)count);
    }
}

static void sync_node(Node *node) {
    for (int i = 0; i < node->write_count; i++) apply(node, &node->writes[i], node->writes[i].count);
    forget_writes(node);
}

static void forget_regions(Node *node) {
    for (int i = 0; i < node->region_count; i++) free(node->regions[i]);
    free(node->regions);
    node->regions = NULL;
    node->region_count = 0;
    memset(node->shared, 0, sizeof node->shared);
    memset(node->exclusive, 0, sizeof node->exclusive);
}

void simulated_disk_crash(enum simulated_disk_crash how) {
    for (Node *node = nodes; node; node = node->next) {
        // The old epoch's connections may still point into the regions: they are left to be freed by the reset.
        node->regions = NULL;
        node->region_count = 0;
        memset(node->shared, 0, sizeof node->shared);
        memset(node->exclusive, 0, sizeof node->exclusive);
        if (how == SIMULATED_DISK_POWER_FAILED) {
            // Writes reach the platter in any order, and the last one may be torn between two sectors.
            for (int i = 0; i < node->write_count; i++) {
                Write *write = &node->writes[i];
                uint64_t fate = draw() % 8;
                // Linux writes dirty pages back after 30 seconds (vm.dirty_expire_centisecs), and 5 to notice.
                if (fate < 4 || write->at + 35000 < now) apply(node, write, write->count);
                else if (fate == 4 && write->count > 512) apply(node, write, write->count / 1024 * 512);
            }
            forget_writes(node);
            resize(&node->data, &node->size, &node->capacity, node->durable_size);
            if (node->durable_size) memcpy(node->data, node->durable, (size_t)node->durable_size);
        } else {
            sync_node(node);
        }
    }
    epoch++;
    crash_countdown = 0;
    has_crashed = 1 + (int)crash_kind;
}

void simulated_disk_crash_after(int64_t effects, enum simulated_disk_crash how) {
    crash_countdown = effects;
    crash_kind = how;
    has_crashed = 0;
}

void simulated_disk_set_time(int64_t milliseconds) { now = milliseconds; }

int simulated_disk_has_crashed(void) { return has_crashed; }
void simulated_disk_set_full(int full) { is_full = full; }
void simulated_disk_set_busy(int64_t attempts) { busy_attempts = attempts; }
void simulated_disk_set_failing(int64_t effects) { failing_effects = effects; }
void simulated_disk_set_observed(int observed) { is_observed = observed; }
int64_t simulated_disk_count_full(void) { return full_count; }
int64_t simulated_disk_count_busy(void) { return busy_count; }
int64_t simulated_disk_count_errors(void) { return error_count; }

void simulated_disk_reset(uint64_t seed) {
    while (nodes) {
        Node *node = nodes;
        nodes = node->next;
        forget_writes(node);
        forget_regions(node);
        free(node->writes);
        free(node->data);
        free(node->durable);
        free(node->name);
        free(node);
    }
    epoch++;
    random_state = seed;
    // SQLite draws its own generator's seed from ours, once for the process unless it is told to do so again.
    sqlite3_randomness(0, NULL);
    is_full = is_observed = 0;
    busy_attempts = failing_effects = crash_countdown = 0;
    has_crashed = 0;
    full_count = busy_count = error_count = 0;
}

static Node *make(const char *name) {
    Node *node = calloc(1, sizeof(Node));
    if (!node) abort();
    node->name = strdup(name);
    node->next = nodes;
    nodes = node;
    return node;
}

void simulated_disk_put(const char *name, const void *bytes, int64_t count) {
    Node *node = find(name);
    if (!node) node = make(name);
    node->exists = 1;
    forget_writes(node);
    resize(&node->data, &node->size, &node->capacity, count);
    resize(&node->durable, &node->durable_size, &node->durable_capacity, count);
    if (count) {
        memcpy(node->data, bytes, (size_t)count);
        memcpy(node->durable, bytes, (size_t)count);
    }
}

const void *simulated_disk_get(const char *name, int64_t *count) {
    Node *node = find(name);
    if (!node || !node->exists) return NULL;
    *count = node->size;
    return node->data;
}

// An effect that a machine may not outlive. 0: go on.
static int effect(void) {
    if (is_observed) return SQLITE_OK;
    if (crash_countdown > 0 && --crash_countdown == 0) {
        simulated_disk_crash(crash_kind);
        return SQLITE_IOERR;
    }
    if (failing_effects > 0) {
        failing_effects--;
        error_count++;
        return SQLITE_IOERR;
    }
    return SQLITE_OK;
}

static int is_gone(const File *file) { return file->epoch != epoch; }

static int file_close(sqlite3_file *base) {
    File *file = (File *)base;
    if (!is_gone(file) && file->delete_on_close && file->node) {
        file->node->exists = 0;
        file->node->size = file->node->durable_size = 0;
        forget_writes(file->node);
    }
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *into, int count, sqlite3_int64 offset) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_READ;
    int64_t there = file->node->size - offset;
    if (there < 0) there = 0;
    if (there >= count) {
        memcpy(into, file->node->data + offset, (size_t)count);
        return SQLITE_OK;
    }
    if (there) memcpy(into, file->node->data + offset, (size_t)there);
    memset((char *)into + there, 0, (size_t)(count - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_WRITE;
    Node *node = file->node;
    if (is_full && !is_observed && offset + count > node->size) {
        full_count++;
        return SQLITE_FULL;
    }
    if (effect() != SQLITE_OK) return SQLITE_IOERR_WRITE;
    if (offset + count > node->size) resize(&node->data, &node->size, &node->capacity, offset + count);
    memcpy(node->data + offset, bytes, (size_t)count);
    note(node, offset, count, bytes);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_TRUNCATE;
    if (effect() != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
    resize(&file->node->data, &file->node->size, &file->node->capacity, size);
    note(file->node, size, -1, NULL);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_FSYNC;
    if (effect() != SQLITE_OK) return SQLITE_IOERR_FSYNC;
    sync_node(file->node);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_FSTAT;
    *size = file->node->size;
    return SQLITE_OK;
}

// Rollback-journal locks: one process, so they are always to be had. WAL's are the shared memory's.
static int file_lock(sqlite3_file *base, int lock) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_LOCK;
    file->lock = lock;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *base, int lock) {
    ((File *)base)->lock = lock;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *result) {
    *result = ((File *)base)->lock >= SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base) {
    (void)base;
    return 512;
}

static int file_characteristics(sqlite3_file *base) {
    (void)base;
    return 0;
}

static int shm_map(sqlite3_file *base, int index, int size, int extend, void volatile **region) {
    File *file = (File *)base;
    *region = NULL;
    if (is_gone(file)) return SQLITE_IOERR_SHMMAP;
    Node *node = file->node;
    if (index >= node->region_count) {
        if (!extend) return SQLITE_OK;
        node->regions = realloc(node->regions, sizeof(void *) * (size_t)(index + 1));
        if (!node->regions) abort();
        for (int i = node->region_count; i <= index; i++) {
            node->regions[i] = calloc(1, (size_t)size);
            if (!node->regions[i]) abort();
        }
        node->region_count = index + 1;
    }
    *region = node->regions[index];
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    File *file = (File *)base;
    if (is_gone(file)) return SQLITE_IOERR_SHMLOCK;
    Node *node = file->node;
    uint16_t mask = (uint16_t)(((1 << count) - 1) << offset);
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int i = offset; i < offset + count; i++) {
            if (file->shared & (1 << i)) node->shared[i]--;
            if (file->exclusive & (1 << i)) node->exclusive[i] = 0;
        }
        file->shared &= (uint16_t)~mask;
        file->exclusive &= (uint16_t)~mask;
        return SQLITE_OK;
    }
    if (flags & SQLITE_SHM_SHARED) {
        for (int i = offset; i < offset + count; i++)
            if (node->exclusive[i] && !(file->exclusive & (1 << i))) return SQLITE_BUSY;
        for (int i = offset; i < offset + count; i++)
            if (!(file->shared & (1 << i))) node->shared[i]++;
        file->shared |= mask;
        return SQLITE_OK;
    }
    // Lock 0 is WAL_WRITE_LOCK (https://www.sqlite.org/walformat.html section 2.3).
    if (offset == 0 && busy_attempts > 0 && !is_observed) {
        busy_attempts--;
        busy_count++;
        return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + count; i++) {
        int others = node->shared[i] - ((file->shared & (1 << i)) ? 1 : 0);
        if (others > 0 || (node->exclusive[i] && !(file->exclusive & (1 << i)))) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + count; i++) node->exclusive[i] = 1;
    file->exclusive |= mask;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base) { (void)base; }

static int shm_unmap(sqlite3_file *base, int delete_flag) {
    File *file = (File *)base;
    if (!is_gone(file) && delete_flag) forget_regions(file->node);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    2,         file_close,         file_read,    file_write,       file_truncate,        file_sync, file_size, file_lock,
    file_unlock, file_check_reserved, file_control, file_sector_size, file_characteristics, shm_map,   shm_lock,  shm_barrier,
    shm_unmap, NULL,               NULL};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags) {
    (void)vfs;
    static int64_t temporary;
    File *file = (File *)base;
    memset(file, 0, sizeof *file);
    char made[32];
    if (!name) {
        sqlite3_snprintf(sizeof made, made, "temporary-%lld", (long long)++temporary);
        name = made;
    }
    Node *node = find(name);
    if (!node || !node->exists) {
        if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
        if (is_full && !is_observed) {
            full_count++;
            return SQLITE_FULL;
        }
        if (!node) node = make(name);
        node->exists = 1;
    }
    file->base.pMethods = &methods;
    file->node = node;
    file->epoch = epoch;
    file->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_directory) {
    (void)vfs;
    (void)sync_directory;
    Node *node = find(name);
    if (!node || !node->exists) return SQLITE_IOERR_DELETE_NOENT;
    node->exists = 0;
    node->size = node->durable_size = 0;
    forget_writes(node);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    (void)vfs;
    (void)flags;
    Node *node = find(name);
    *result = node && node->exists;
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int count, char *into) {
    (void)vfs;
    sqlite3_snprintf(count, into, "%s", name);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *into) {
    (void)vfs;
    for (int i = 0; i < count; i++) into[i] = (char)draw();
    return count;
}

// Waiting for a lock costs nothing: nobody but the faults holds it.
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int vfs_current_time(sqlite3_vfs *vfs, double *now) {
    (void)vfs;
    *now = 2460000.5;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int count, char *into) {
    (void)vfs;
    if (count > 0) into[0] = 0;
    return 0;
}

static int vfs_current_time_int64(sqlite3_vfs *vfs, sqlite3_int64 *now) {
    (void)vfs;
    *now = 212544000000000LL;
    return SQLITE_OK;
}

int simulated_disk_register(void) {
    static sqlite3_vfs vfs;
    if (vfs.zName) return SQLITE_OK;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(File);
    vfs.mxPathname = 512;
    vfs.zName = "simulated";
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    vfs.xAccess = vfs_access;
    vfs.xFullPathname = vfs_full_pathname;
    vfs.xRandomness = vfs_randomness;
    vfs.xSleep = vfs_sleep;
    vfs.xCurrentTime = vfs_current_time;
    vfs.xGetLastError = vfs_last_error;
    vfs.xCurrentTimeInt64 = vfs_current_time_int64;
    return sqlite3_vfs_register(&vfs, 0);
}
