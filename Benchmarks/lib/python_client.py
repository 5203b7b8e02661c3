"""What an IT department would write: Clever's pages with requests, into sqlite3.

Reads a day's attendance of every school, finds the Schoology enrollment of each mark that isn't present, and puts
what is new into an outbox. No retries, no resuming, no rate limit, no conflicts.

Usage: python_client.py URL TOKEN DAY DATABASE SCHOOL...
"""

import sqlite3
import sys

import requests

STATUS = {"absent": 2, "tardy": 3}
EXCUSED = {"E", "MED"}


def main(url, token, day, path, schools):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
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
    for school in schools:
        target = f"/v3.1/attendance/schools/{school}?date_range_start={day}&date_range_end={day}&limit=1000"
        while target:
            answer = session.get(url + target, timeout=60)
            answer.raise_for_status()
            page = answer.json()
            with database:
                for record in page["data"]:
                    take(database, record)
            target = next((link["uri"] for link in page.get("links", []) if link["rel"] == "next"), None)


def take(database, record):
    if record["attendance_status"] == "present":
        return
    key = (record.get("section_id"), record["student_id"], record["attendance_date"])
    known = database.execute(
        "SELECT modified FROM mark WHERE section = ? AND student = ? AND day = ?", key).fetchone()
    if known and known[0] >= record["last_modified"]:
        return
    status = STATUS[record["attendance_status"]]
    if status == 2 and record.get("excuse_code") in EXCUSED:
        status = 4
    place = database.execute(
        "SELECT schoology_section, enrollment FROM enrollment WHERE section = ? AND student = ?", key[:2]).fetchone()
    database.execute("INSERT OR REPLACE INTO mark VALUES(?, ?, ?, ?, ?)", (*key, status, record["last_modified"]))
    if place:
        database.execute("INSERT OR REPLACE INTO outbox VALUES(?, ?, ?, ?)", (*place, key[2], status))


if __name__ == "__main__":
    main(*sys.argv[1:5], sys.argv[5:])
