import GRDB

/// The schema's history: named, append-only, never dropping data.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-foundation") { db in
            try db.execute(sql: foundation)
        }
        migrator.registerMigration("2-both-directions") { db in
            try db.execute(sql: bothDirections)
        }
        migrator.registerMigration("3-operator") { db in
            try db.execute(sql: operatorsTool)
            try AuditChain.link(db)
        }
        migrator.registerMigration("4-large-districts") { db in
            try db.execute(sql: largeDistricts)
        }
        migrator.registerMigration("5-long-histories") { db in
            try db.execute(sql: longHistories)
        }
        migrator.registerMigration("6-sent") { db in
            try db.execute(sql: sent)
        }
        migrator.registerMigration("7-passed") { db in
            try db.execute(sql: passed)
        }
        migrator.registerMigration("8-withdrawn") { db in
            try db.execute(sql: withdrawn)
        }
        return migrator
    }

    /// Ids of both sides are interned to integers: upserts with integer keys run several times as fast as with
    /// 24-character ids. Present is the default, so a mark that is present on both sides has no row.
    private static let foundation = """
        -- One value a name: watermark, times of refreshes, fingerprint of the configuration.
        CREATE TABLE setting(name TEXT PRIMARY KEY, value) WITHOUT ROWID;

        -- Clever's roster. `generation` is the refresh that saw the row last; 0 is an id that only a record named.
        CREATE TABLE school(
            id INTEGER PRIMARY KEY, clever_id TEXT NOT NULL UNIQUE, sis_id TEXT, generation INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE student(
            id INTEGER PRIMARY KEY, clever_id TEXT NOT NULL UNIQUE,
            sis_id TEXT, student_number TEXT, state_id TEXT, generation INTEGER NOT NULL DEFAULT 0,
            -- Schoology's user, or why there is none: `match_kind` is missing or ambiguous.
            uid INTEGER, match_kind TEXT, match_reason TEXT, needs_lookup INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE section(
            id INTEGER PRIMARY KEY, clever_id TEXT NOT NULL UNIQUE, school INTEGER,
            sis_id TEXT, section_number TEXT, subject TEXT, period TEXT, term_id TEXT,
            generation INTEGER NOT NULL DEFAULT 0,
            schoology_id INTEGER, match_kind TEXT, match_reason TEXT,
            -- What the roster refresh still has to ask Schoology for this section.
            needs_lookup INTEGER NOT NULL DEFAULT 1, needs_enrollments INTEGER NOT NULL DEFAULT 1,
            -- Milliseconds since 1970 until which a 410 keeps the section from being written.
            suspended_until INTEGER);
        CREATE INDEX section_schoology ON section(schoology_id);
        CREATE INDEX student_uid ON student(uid);
        CREATE TABLE membership(
            student INTEGER NOT NULL, section INTEGER NOT NULL, generation INTEGER NOT NULL,
            PRIMARY KEY(student, section)) WITHOUT ROWID;
        CREATE INDEX membership_section ON membership(section);

        -- Schoology's roster, as far as it was asked for. `field` is section_school_code or section_code.
        CREATE TABLE schoology_section(
            field TEXT NOT NULL, code TEXT NOT NULL, schoology_id INTEGER NOT NULL, active INTEGER,
            PRIMARY KEY(field, code, schoology_id)) WITHOUT ROWID;
        CREATE TABLE schoology_enrollment(
            schoology_section INTEGER NOT NULL, id INTEGER NOT NULL, uid INTEGER NOT NULL, school_uid TEXT,
            admin INTEGER NOT NULL, status INTEGER NOT NULL,
            PRIMARY KEY(schoology_section, uid, id)) WITHOUT ROWID;
        CREATE INDEX schoology_enrollment_school_uid ON schoology_enrollment(school_uid, uid);
        CREATE TABLE schoology_user(
            school_uid TEXT NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY(school_uid, uid)) WITHOUT ROWID;

        -- Clever's attendance records that mean something other than present, or once did. `section` 0 is a
        -- daily record. `state`: 0 decided, 1 to decide, 2 waits for a match, 3 waits for the status map.
        CREATE TABLE clever_record(
            day INTEGER NOT NULL, school INTEGER NOT NULL, student INTEGER NOT NULL, section INTEGER NOT NULL,
            status INTEGER NOT NULL, code TEXT, sis_id TEXT, modified INTEGER NOT NULL,
            state INTEGER NOT NULL, reason TEXT,
            PRIMARY KEY(day, school, student, section)) WITHOUT ROWID;
        CREATE INDEX clever_record_key ON clever_record(student, day);
        CREATE INDEX clever_record_open ON clever_record(state, day) WHERE state <> 0;

        -- Records that could not be understood, recognised by a digest.
        CREATE TABLE quarantine(
            fingerprint TEXT PRIMARY KEY, student TEXT, section TEXT, school TEXT, date TEXT, reason TEXT NOT NULL,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, scan INTEGER NOT NULL) WITHOUT ROWID;

        -- The base of each key that is or was other than present, and what Schoology showed last.
        CREATE TABLE mark(
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL,
            base INTEGER NOT NULL, schoology INTEGER, schoology_seen INTEGER,
            refused_clever INTEGER, refused_schoology INTEGER,
            PRIMARY KEY(section, student, day)) WITHOUT ROWID;
        CREATE INDEX mark_day ON mark(day);

        -- Writes decided and not acknowledged. `side` 1 Schoology, 2 Clever. `state` 0 pending, 1 unknown, 2 dead.
        -- `sent` is a status that Schoology may already show because of us: stored before the request goes out.
        CREATE TABLE outbox(
            id INTEGER PRIMARY KEY AUTOINCREMENT, side INTEGER NOT NULL,
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL,
            status INTEGER NOT NULL, sent INTEGER, state INTEGER NOT NULL DEFAULT 0, cause TEXT NOT NULL,
            cycle INTEGER NOT NULL, created INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0, rounds INTEGER NOT NULL DEFAULT 0,
            next_attempt INTEGER NOT NULL DEFAULT 0,
            roster_refreshed INTEGER NOT NULL DEFAULT 0, code INTEGER, message TEXT,
            UNIQUE(side, section, student, day));
        CREATE INDEX outbox_pending ON outbox(side, state, section);

        -- The conflict log. `state`: 0 open, 1 decided, 2 dissolved by itself.
        CREATE TABLE conflict(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL,
            base INTEGER NOT NULL, clever INTEGER NOT NULL, schoology INTEGER NOT NULL,
            clever_modified INTEGER, schoology_seen INTEGER, policy TEXT NOT NULL, outcome TEXT NOT NULL,
            state INTEGER NOT NULL, detected INTEGER NOT NULL, cycle INTEGER NOT NULL,
            resolved INTEGER, resolved_by TEXT, reason TEXT,
            -- The sides have agreed since, so the same values would be a new conflict.
            over INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX conflict_key ON conflict(section, student, day);
        CREATE INDEX conflict_open ON conflict(state) WHERE state = 0;

        -- Append-only: what changed, on which side (0 the base alone), from what to what, and why.
        CREATE TABLE audit(
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, cycle INTEGER NOT NULL,
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL,
            side INTEGER NOT NULL, was INTEGER NOT NULL, now INTEGER NOT NULL, cause TEXT NOT NULL);
        CREATE INDEX audit_key ON audit(section, student, day);

        -- The scan under way, if there is one, and what it has read: one unit for each day and school.
        CREATE TABLE scan(
            id INTEGER PRIMARY KEY, target INTEGER NOT NULL, today INTEGER NOT NULL, complete INTEGER NOT NULL,
            started INTEGER NOT NULL);
        CREATE TABLE scan_unit(
            day INTEGER NOT NULL, school INTEGER NOT NULL, next TEXT, pages INTEGER NOT NULL DEFAULT 0,
            records INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0,
            -- 0 to be read, 1 read to its last page, 2 answered 404.
            done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(day, school)) WITHOUT ROWID;

        CREATE TABLE cycle(
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, started INTEGER NOT NULL, finished INTEGER,
            outcome TEXT, reason TEXT, counts TEXT);
        """

    private static let bothDirections = """
        -- Rows of attendance.csv are the outbox's side 2; its state 3 is uploaded and not shown by Clever yet.
        -- `uploads`: the statuses that the file has carried for this key, bit 1 << status. `put_back`: the row says
        -- what Clever shows already, to take the place of one that was uploaded and is no longer wanted.
        ALTER TABLE outbox ADD COLUMN uploads INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN uploaded INTEGER;
        ALTER TABLE outbox ADD COLUMN uploaded_watermark INTEGER;
        ALTER TABLE outbox ADD COLUMN put_back INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;
        -- A later change of the same daily record went into the file in its place.
        ALTER TABLE outbox ADD COLUMN eclipsed INTEGER NOT NULL DEFAULT 0;
        -- Clever was asked for the records that the row may replace.
        ALTER TABLE outbox ADD COLUMN looked_up INTEGER NOT NULL DEFAULT 0;

        -- When the section's window was read back whole, and when an edit was last seen there.
        ALTER TABLE section ADD COLUMN read_at INTEGER;
        ALTER TABLE section ADD COLUMN edited_at INTEGER;
        -- Days of the week on which Schoology says it meets, bit 1 << day, Sunday 0; null: it does not say.
        ALTER TABLE schoology_section ADD COLUMN meeting_days INTEGER;
        -- Has shown a daily record.
        ALTER TABLE school ADD COLUMN takes_daily INTEGER NOT NULL DEFAULT 0;
        -- The enrollment whose mark was seen or written last: another one's is another mark.
        ALTER TABLE mark ADD COLUMN enrollment INTEGER;
        -- The side that was changed there and is left alone (1 Schoology, 2 Clever).
        ALTER TABLE mark ADD COLUMN drift INTEGER;
        UPDATE mark SET drift = 1 WHERE schoology IS NOT NULL AND schoology <> base
            AND NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.section = mark.section
                AND outbox.student = mark.student AND outbox.day = mark.day)
            AND NOT EXISTS(SELECT 1 FROM conflict WHERE conflict.state = 0 AND conflict.section = mark.section
                AND conflict.student = mark.student AND conflict.day = mark.day);
        -- What an operator decided that both sides become.
        ALTER TABLE conflict ADD COLUMN decision INTEGER;

        -- What the file on the server says, which stays there until it is replaced.
        CREATE TABLE csv_row(
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL, status INTEGER NOT NULL,
            PRIMARY KEY(section, student, day)) WITHOUT ROWID;

        -- Triggers that no read has answered yet. Enrollment and day are 0 where the trigger did not name them.
        CREATE TABLE trigger_note(
            schoology_section INTEGER NOT NULL, enrollment INTEGER NOT NULL, day INTEGER NOT NULL,
            -- When the last one came, and since when the section waits to be read for them.
            edited INTEGER, received INTEGER NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY(schoology_section, enrollment, day)) WITHOUT ROWID;
        """

    private static let operatorsTool = """
        -- Batches that the safety valve stopped. `side`, `day` and `school` are null where it is about all of them.
        -- `kind`: too_many, emptied, everyone_the_same, first_cycle, configuration. `state`: 0 held, 1 approved,
        -- 2 discarded, 3 dissolved: nothing of it is wanted any more.
        CREATE TABLE held_batch(
            id INTEGER PRIMARY KEY AUTOINCREMENT, side INTEGER, day INTEGER, school INTEGER,
            kind TEXT NOT NULL, reason TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL, cycle INTEGER NOT NULL,
            -- How many changes it had when it was decided.
            changes INTEGER, decided INTEGER, decided_by TEXT, decision_reason TEXT);
        CREATE INDEX held_batch_open ON held_batch(state) WHERE state = 0;

        -- Whether the valve lets a write pass: null not judged yet, 0 yes, else the batch that holds it.
        ALTER TABLE outbox ADD COLUMN held INTEGER;
        UPDATE outbox SET held = 0;
        -- A district that runs already is no new one.
        INSERT INTO setting(name, value) SELECT 'is_established', 1 WHERE EXISTS(SELECT 1 FROM cycle);
        -- Of a write that an operator's undo called for: what the undone cycle had written.
        ALTER TABLE outbox ADD COLUMN undoes INTEGER;

        -- Each line's digest covers the line before it (`AuditChain`).
        ALTER TABLE audit ADD COLUMN digest BLOB;
        CREATE INDEX audit_cycle ON audit(cycle);

        -- Ranges of attendance dates that an operator asked to be gone over, first and last day included, and how far
        -- each has come. `next`: the day to be read from Clever next, newest first; null once all are.
        CREATE TABLE backfill(
            id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL, next INTEGER,
            requested INTEGER NOT NULL, requested_by TEXT NOT NULL, finished INTEGER);
        -- The sections that are still to be read from Schoology for it.
        CREATE TABLE backfill_section(section INTEGER PRIMARY KEY);
        """

    private static let largeDistricts = """
        -- Pages of Clever's attendance whose records are all stored as far as they count (`TakenPage`).
        CREATE TABLE taken_page(
            day INTEGER NOT NULL, school INTEGER NOT NULL, digest BLOB NOT NULL, next TEXT, records INTEGER NOT NULL,
            PRIMARY KEY(day, school, digest)) WITHOUT ROWID;

        -- What each cycle asks, however large the district and however long its history.
        CREATE INDEX section_school ON section(school);
        CREATE INDEX section_read ON section(read_at);
        CREATE INDEX schoology_section_id ON schoology_section(schoology_id, active, meeting_days);
        CREATE INDEX section_unmatched ON section(generation) WHERE match_kind IS NOT NULL;
        CREATE INDEX student_unmatched ON student(generation) WHERE match_kind IS NOT NULL;
        CREATE INDEX section_suspended ON section(suspended_until) WHERE suspended_until IS NOT NULL;
        CREATE INDEX mark_section ON mark(section, day);
        CREATE INDEX mark_drift ON mark(drift) WHERE drift IS NOT NULL;
        """

    private static let longHistories = """
        -- What the safety valve asks of a day's marks stands in the index itself. The marks of one day lie all over the
        -- table, one of some hundred on each of its pages.
        DROP INDEX mark_day;
        CREATE INDEX mark_day ON mark(day, section, student, base);
        """

    private static let sent = """
        -- What was sent to Schoology and isn't known to be there, whatever has been decided since. `enrollment` is null
        -- where a version before this sent it. `refused`: Schoology said of it that it failed.
        CREATE TABLE sent(
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL, status INTEGER NOT NULL,
            enrollment INTEGER, cause TEXT NOT NULL, cycle INTEGER NOT NULL, refused INTEGER NOT NULL,
            PRIMARY KEY(section, student, day)) WITHOUT ROWID;
        INSERT INTO sent SELECT section, student, day, sent, NULL, cause, cycle, state <> 1 FROM outbox
            WHERE sent IS NOT NULL AND side = 1;
        UPDATE outbox SET state = 0 WHERE state = 1;
        ALTER TABLE outbox DROP COLUMN sent;
        """
    private static let passed = """
        -- How many writes to a side for a date the valve let pass, by the cycle that judged them: what a killed cycle had
        -- let go counts for what is left of it.
        CREATE TABLE passed(
            side INTEGER NOT NULL, cycle INTEGER NOT NULL, day INTEGER NOT NULL, changes INTEGER NOT NULL,
            PRIMARY KEY(side, cycle, day)) WITHOUT ROWID;
        """
    private static let withdrawn = """
        -- Rows that were given up after a file had carried them: `statuses` as `outbox.uploads`, and when a file without the
        -- row took its place.
        CREATE TABLE withdrawn_row(
            section INTEGER NOT NULL, student INTEGER NOT NULL, day INTEGER NOT NULL, statuses INTEGER NOT NULL,
            replaced INTEGER, PRIMARY KEY(section, student, day)) WITHOUT ROWID;
        """
}
