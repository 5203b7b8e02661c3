"""What an IT department would write: Clever's pages with requests, into sqlite3.

Reads a day's attendance of every school, finds the Schoology enrollment of each mark that isn't present, and puts
what is new into an outbox. No retries, no resuming, no rate limit, no conflicts.

Usage: python_client.py URL TOKEN DAY DATABASE SCHOOL...
"""

import sys

import requests

from python_marks import first_page, next_page, open_database, status_of


def main(url, token, day, path, schools):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    database = open_database(path)
    for school in schools:
        target = first_page(school, day)
        while target:
            answer = session.get(url + target, timeout=60)
            answer.raise_for_status()
            page = answer.json()
            with database:
                for record in page["data"]:
                    take(database, record)
            target = next_page(page)


def take(database, record):
    if record["attendance_status"] == "present":
        return
    key = (record.get("section_id"), record["student_id"], record["attendance_date"])
    known = database.execute(
        "SELECT modified FROM mark WHERE section = ? AND student = ? AND day = ?", key).fetchone()
    if known and known[0] >= record["last_modified"]:
        return
    status = status_of(record)
    place = database.execute(
        "SELECT schoology_section, enrollment FROM enrollment WHERE section = ? AND student = ?", key[:2]).fetchone()
    database.execute("INSERT OR REPLACE INTO mark VALUES(?, ?, ?, ?, ?)", (*key, status, record["last_modified"]))
    if place:
        database.execute("INSERT OR REPLACE INTO outbox VALUES(?, ?, ?, ?)", (*place, key[2], status))


if __name__ == "__main__":
    main(*sys.argv[1:5], sys.argv[5:])
