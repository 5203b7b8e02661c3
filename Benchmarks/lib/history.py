"""A school year of history: what its marks add to a cycle."""

import os
import sqlite3
import statistics
import time

from measure import Daemon, memory_of, note, show
from world import FrozenClever, secondary_district, write_configuration

DAYS = 180


def history(bench, pairs, students=10_000):
    """Two daemons of the same district side by side, one of them with the marks of a school year in its state."""
    folder = f"{bench.folder}/history"
    os.makedirs(folder)
    note(f"making a district of {students:,} students, twice")
    sandboxes, configurations = [], []
    for name in ("new", "old"):
        os.makedirs(f"{folder}/{name}")
        sandboxes.append(secondary_district(bench.programs, f"{folder}/{name}", students))
        configurations.append(f"{folder}/{name}/bench.toml")
    clever = FrozenClever(sandboxes[0], folder)
    for sandbox, configuration in zip(sandboxes, configurations):
        # With the usual retention the first cycle would begin to delete the oldest.
        write_configuration(sandbox, configuration, clever.url, configuration + ".state", retention="400d")
    try:
        for configuration in configurations:
            note("reading, matching and sending")
            bench.once(configuration)
        state = f"{configurations[1]}.state/sandbox.sqlite"
        before = os.path.getsize(state)
        marks = age(state)
        note(f"{marks:,} old marks put into the state of one")
        after = os.path.getsize(state)
        daemons = [Daemon(bench.programs, configuration) for configuration in configurations]
        try:
            for daemon in daemons:
                daemon.wait(lambda _, d=daemon: d.count("cycle.finished") > 1, "the second cycle's end")
            moves = iter(range(1, 1000))
            found = {kind: ([], []) for kind in KINDS}
            for number in range(pairs):
                for kind, change in KINDS.items():
                    note(f"{kind}, {number + 1} of {pairs}")
                    both = cycle(daemons, clever, change, next(moves))
                    for taken, cpu in zip(found[kind], both):
                        taken.append(cpu)
            memory = [memory_of(d.process.pid) for d in daemons]
        finally:
            for daemon in daemons:
                daemon.stop()
    finally:
        clever.stop()
        for sandbox in sandboxes:
            sandbox.stop()
    show(
        f"A cycle of {students:,} students beside the same with {marks:,} marks of {DAYS} days in the state "
        f"({before / 1e6:.0f} and {after / 1e6:.0f} MB on disk, at most {memory[0]:.0f} and {memory[1]:.0f} MB of memory); "
        f"median of {pairs}",
        ["cycle", "CPU ms", "with the history", "with/without"],
        [[kind, f"{1000 * statistics.median(new):.0f}", f"{1000 * statistics.median(old):.0f}",
          f"{statistics.median(b / a for a, b in zip(new, old)):.2f}"] for kind, (new, old) in found.items()])


def age(path):
    """Gives each mark of the day a past of `DAYS` days, with its record and its lines of the audit trail."""
    database = sqlite3.connect(path)
    database.execute(
        f"""
        CREATE TEMP TABLE past AS
            WITH RECURSIVE n(back) AS (SELECT 1 UNION ALL SELECT back + 1 FROM n WHERE back < {DAYS}) SELECT back FROM n
        """)
    for table, row in {"mark": "TRUE", "clever_record": "TRUE", "audit": "side <> 0"}.items():
        columns = [r[1] for r in database.execute(f"PRAGMA table_info({table})") if r[1] != "id"]
        values = ["day - back" if c == "day" else "at - back * 86400000" if c == "at" else c for c in columns]
        database.execute(
            f"INSERT INTO {table}({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}, past WHERE {row} "
            "ORDER BY back DESC")
    database.commit()
    marks = database.execute("SELECT count(*) FROM mark").fetchone()[0]
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return marks


def nothing(clever, number):
    pass


def moved(clever, number):
    clever.set_district(last_sync=f"2030-01-01T00:{number:02d}:00.000Z")


def corrected(clever, number):
    clever.correct(number)
    moved(clever, number)


KINDS = {
    "nothing new": nothing, "Clever has synced, and all is as it was": moved, "one mark corrected and written": corrected}


def cycle(daemons, clever, change, number):
    """CPU of the next whole cycle of each, after the change."""
    seen = [daemon.cycles() for daemon in daemons]
    while any(daemon.cycles() == before for daemon, before in zip(daemons, seen)):
        time.sleep(0.02)
    change(clever, number)
    started = [daemon.cpu() for daemon in daemons]
    seen = [daemon.cycles() for daemon in daemons]
    ended = [None for _ in daemons]
    while None in ended:
        time.sleep(0.02)
        for index, daemon in enumerate(daemons):
            if ended[index] is None and daemon.cycles() > seen[index]:
                ended[index] = daemon.cpu()
    return [end - start for end, start in zip(ended, started)]
