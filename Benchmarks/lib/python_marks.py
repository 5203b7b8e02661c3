"""What both Python scripts have in common: where they keep marks, and what a record means."""

import sqlite3

STATUS = {"absent": 2, "tardy": 3}
EXCUSED = {"E", "MED"}


def open_database(path):
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(
        """
        CREATE TABLE IF NOT EXISTS mark(
            section TEXT, student TEXT, day TEXT, status INTEGER, modified TEXT,
            PRIMARY KEY(section, student, day)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS outbox(
            schoology_section INTEGER, enrollment INTEGER, day TEXT, status INTEGER,
            PRIMARY KEY(enrollment, day)) WITHOUT ROWID;
        """)
    return database


def first_page(school, day):
    return f"/v3.1/attendance/schools/{school}?date_range_start={day}&date_range_end={day}&limit=1000"


def next_page(page):
    return next((link["uri"] for link in page.get("links", []) if link["rel"] == "next"), None)


def status_of(record):
    status = STATUS[record["attendance_status"]]
    return 4 if status == 2 and record.get("excuse_code") in EXCUSED else status
