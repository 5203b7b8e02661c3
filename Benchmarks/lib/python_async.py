"""The same job as python_client.py, by somebody who cares about speed: aiohttp, orjson, one statement for each page.

Usage: python_async.py URL TOKEN DAY DATABASE SCHOOL...
"""

import asyncio
import sys

import aiohttp
import orjson

from python_marks import first_page, next_page, open_database, status_of

IN_FLIGHT = 4


async def main(url, token, day, path, schools):
    database = open_database(path)
    known = {
        (section, student): modified
        for section, student, modified in database.execute(
            "SELECT section, student, modified FROM mark WHERE day = ?", (day,))}
    schools = list(schools)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def work():
            while schools:
                school = schools.pop()
                target = first_page(school, day)
                while target:
                    async with session.get(url + target) as answer:
                        answer.raise_for_status()
                        page = orjson.loads(await answer.read())
                    take(database, page["data"], known)
                    target = next_page(page)

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def take(database, records, known):
    marks, writes = [], []
    for record in records:
        if record["attendance_status"] == "present":
            continue
        key = (record.get("section_id"), record["student_id"])
        if known.get(key, "") >= record["last_modified"]:
            continue
        status, day = status_of(record), record["attendance_date"]
        marks.append((*key, day, status, record["last_modified"]))
        writes.append((day, status, *key))
    if marks:
        with database:
            database.executemany("INSERT OR REPLACE INTO mark VALUES(?, ?, ?, ?, ?)", marks)
            database.executemany(
                """
                INSERT OR REPLACE INTO outbox SELECT schoology_section, enrollment, ?, ? FROM enrollment
                WHERE section = ? AND student = ?
                """, writes)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5], sys.argv[5:]))
