"""The benchmarks behind Benchmarks/run.

Usage: bench.py DIRECTORY-OF-THE-PROGRAMS [scan|large|quiet|budget|json|writes|history|districts|fairness] [--pairs N]
"""

import argparse
import json
import math
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, namedtuple
from datetime import datetime

import districts
from history import history
from measure import Daemon, Run, in_turn, memory_of, middle, note, ratio, show
from world import UNLIMITED, FrozenClever, Sandbox, copy_state, secondary_district, write_configuration
from writes import writes

HERE = os.path.dirname(os.path.abspath(__file__))


class Bench:
    def __init__(self, programs, folder):
        self.programs = programs
        self.folder = folder

    def once(self, configuration, codes=(0,)):
        return Run([f"{self.programs}/attendance-sync", "once", "--json", "--config", configuration], codes)


# The first scan and a rescan in which nothing changed, beside curl and two Python scripts; what was matched and sent around them


def scan(bench, students, pairs):
    folder = f"{bench.folder}/scan-{students}"
    os.makedirs(folder)
    note(f"making a district of {students:,} students")
    sandbox = secondary_district(bench.programs, folder, students)
    note("freezing Clever's pages")
    clever = FrozenClever(sandbox, folder)
    state, configuration, alone = f"{folder}/now", f"{folder}/bench.toml", f"{folder}/alone.toml"
    write_configuration(sandbox, configuration, clever.url, state)
    # Nobody answers there: nothing is sent, and nothing is read back.
    write_configuration(sandbox, alone, clever.url, state, schoology_url="http://127.0.0.1:9")
    with open(f"{folder}/curl.txt", "w", encoding="utf-8") as file:
        for target in clever.targets:
            file.write(f'url = "{clever.url}{target}"\noutput = /dev/null\n')
    scripts = {"aiohttp + orjson": "python_async.py", "requests + sqlite3": "python_client.py"}
    moves = iter(range(1, 1000))

    def move():
        clever.set_district(last_sync=f"2030-01-01T00:{next(moves):02d}:00.000Z")

    def curl():
        return Run(["curl", "--silent", "--fail", "--config", f"{folder}/curl.txt"])

    def python(name):
        return Run([
            sys.executable, f"{HERE}/{scripts[name]}", clever.url, clever.token, clever.day,
            f"{folder}/{scripts[name]}.sqlite", *clever.schools])

    try:
        note("matching the roster")
        clever.set_district(last_sync=None)
        match = bench.once(configuration)
        shutil.copytree(state, f"{folder}/matched")
        for script in scripts.values():
            prepare_python(f"{folder}/{script}.matched", state)

        def read():
            move()
            return bench.once(alone, codes=(0, 1, 69, 75))

        def read_first():
            copy_state(f"{folder}/matched", state)
            return read()

        def python_first(name):
            shutil.copy(f"{folder}/{scripts[name]}.matched", f"{folder}/{scripts[name]}.sqlite")
            return python(name)

        firsts = in_turn("first scan", pairs, {
            "curl": curl, "attendance-sync": read_first,
            **{name: lambda name=name: python_first(name) for name in scripts}})
        decided = firsts["attendance-sync"][-1].document
        if decided["counts"]["records"] != clever.records:
            raise SystemExit(f"read {decided['counts']['records']} of {clever.records} records")
        pending = outbox(state)
        for script in scripts.values():
            same_decisions(state, f"{folder}/{script}.sqlite")
        note("sending")
        before = sandbox.ask("counters")
        move()
        push = bench.once(configuration)
        after = sandbox.ask("counters")
        note("the daemon starts")
        with Daemon(bench.programs, configuration) as daemon:
            daemon.wait(lambda _: daemon.count("cycle.finished"), "the first cycle's end")
            rescans = in_turn("rescan", pairs, {
                "curl": curl, "attendance-sync": lambda: rescan(daemon, move),
                **{name: lambda name=name: python(name) for name in scripts}})
        rescans["attendance-sync once"] = [read() for _ in range(pairs)]
    finally:
        clever.stop()
        sandbox.stop()

    scale = 1e6 / clever.records
    rows = []
    for title, runs in (("first scan", firsts), ("nothing changed", rescans)):
        for name, taken in runs.items():
            cpu = middle(taken, "cpu")
            rows.append([
                f"{name}: {title}", f"{cpu:.2f}", f"{cpu * scale:.2f}", f"{middle(taken, 'wall'):.2f}",
                f"{middle(taken, 'memory'):.0f}", *ratios(taken, runs)])
    show(
        f"{students:,} students: {clever.records:,} records on {len(clever.targets)} pages, "
        f"{100 * clever.absent / clever.records:.1f} % not present, {clever.bytes / clever.records:.0f} bytes each; "
        f"median of {pairs}",
        ["the same pages", "CPU s", "CPU s/million", "wall s", "peak MB", "CPU/curl", "CPU/aiohttp"], rows)
    puts = after["schoology_writes"] - before["schoology_writes"]
    minimum = sum(math.ceil(marks / 50) for marks in pending.values())
    items = after["items_written"] - before["items_written"]
    show(
        "The same district, what comes before and after (one run; the sandbox answers, so wall time is also its)",
        ["phase", "CPU s", "wall s", "peak MB", "requests to Clever", "to Schoology"],
        [
            [name, f"{run.cpu:.2f}", f"{run.wall:.1f}", f"{run.memory:.0f}",
             run.document["counts"]["clever_requests"], run.document["counts"]["schoology_requests"]]
            for name, run in (("both rosters, first matching", match), ("sending what was decided, reading back", push))
        ])
    show(
        "PUT requests",
        ["marks pending", "sections", "minimum", "used", "used/minimum", "marks written", "429s"],
        [[sum(pending.values()), len(pending), minimum, puts, f"{puts / minimum:.3f}", items,
          after["rate_limited"]]])


def ratios(taken, runs):
    """To curl and to aiohttp."""
    return [f"{ratio(taken, runs[other]):.2f}" if other in runs else "" for other in ("curl", "aiohttp + orjson")]


Measured = namedtuple("Measured", "cpu wall memory")


def rescan(daemon, move):
    """CPU of the cycle in which Clever has moved, from the cycle before it to its end."""
    daemon.follow()
    finished, scanned = daemon.count("cycle.finished"), daemon.count("clever.scanned")
    daemon.wait(lambda _: daemon.count("cycle.finished") > finished, "a cycle's end")
    cpu, started = daemon.cpu(), time.monotonic()
    move()
    daemon.wait(lambda _: daemon.count("clever.scanned") > scanned, "clever.scanned")
    daemon.wait(lambda _: daemon.count("cycle.finished") > finished + 1, "its cycle's end")
    return Measured(daemon.cpu() - cpu, time.monotonic() - started, memory_of(daemon.process.pid))


def prepare_python(path, state):
    """Gives a Python script the same matches to work with."""
    database = sqlite3.connect(path)
    database.execute("ATTACH ? AS state", (f"{state}/sandbox.sqlite",))
    database.executescript(
        """
        CREATE TABLE enrollment(
            section TEXT, student TEXT, schoology_section INTEGER, enrollment INTEGER,
            PRIMARY KEY(section, student)) WITHOUT ROWID;
        INSERT INTO enrollment
            SELECT section.clever_id, student.clever_id, section.schoology_id, e.id
            FROM state.schoology_enrollment e
            JOIN state.section ON section.schoology_id = e.schoology_section
            JOIN state.student ON student.uid = e.uid
            WHERE e.admin = 0 AND e.status = 1;
        """)
    database.close()


def outbox(state):
    """Section -> pending writes."""
    database = sqlite3.connect(f"{state}/sandbox.sqlite")
    try:
        return dict(database.execute("SELECT section, count(*) FROM outbox GROUP BY section"))
    finally:
        database.close()


def same_decisions(state, path):
    """Both have decided the same writes; else they did not do the same job."""
    database = sqlite3.connect(path)
    database.execute("ATTACH ? AS state", (f"{state}/sandbox.sqlite",))
    ours = Counter(dict(database.execute("SELECT status, count(*) FROM state.outbox GROUP BY status")))
    theirs = Counter(dict(database.execute("SELECT status, count(*) FROM outbox GROUP BY status")))
    database.close()
    if ours != theirs:
        raise SystemExit(f"attendance-sync decided {dict(ours)}, the script {dict(theirs)} (status: how many)")


# A cycle in which nothing changed


def quiet(bench, pairs):
    folder = f"{bench.folder}/quiet"
    os.makedirs(folder)
    sandbox = Sandbox(bench.programs, folder, "--students", "10000", "--days", "1", "--tidy", *UNLIMITED)
    configuration = f"{folder}/bench.toml"
    write_configuration(sandbox, configuration, sandbox.about["clever"]["base_url"], f"{folder}/state", "1s")
    try:
        note("a first cycle of 10,000 students")
        bench.once(configuration)
        seen = len(sandbox.ask("requests")["requests"])
        runs = [bench.once(configuration) for _ in range(max(pairs, 5))]
        made = sandbox.ask(f"requests?after={seen}")["requests"]
        start = [Run([f"{bench.programs}/attendance-sync", "--version"]) for _ in range(max(pairs, 5))]
        note("twenty seconds of the daemon")
        per_cycle, daemon_requests, cycles = daemon_cycles(bench, configuration, sandbox)
    finally:
        sandbox.stop()
    show(
        "A cycle in which nothing changed (10,000 students in the state)",
        ["", "requests to Clever", "to Schoology", "CPU ms"],
        [
            ["`attendance-sync once`, the whole process", f"{len(made) / len(runs):.2f}",
             f"{sum(r['side'] == 'schoology' for r in made) / len(runs):.2f}", f"{1000 * middle(runs, 'cpu'):.1f}"],
            ["`attendance-sync --version`, for comparison", "0", "0", f"{1000 * middle(start, 'cpu'):.1f}"],
            [f"the daemon, each of {cycles} cycles", f"{daemon_requests / cycles:.2f}", "0.00",
             f"{1000 * per_cycle:.2f}"],
        ])


def daemon_cycles(bench, configuration, sandbox):
    """CPU of one quiet cycle of `run`."""
    with Daemon(bench.programs, configuration) as daemon:
        daemon.wait(lambda _: daemon.count("cycle.finished"), "the first cycle's end")
        time.sleep(3.5)
        cpu, seen = daemon.cpu(), len(sandbox.ask("requests")["requests"])
        time.sleep(20)
        cpu = daemon.cpu() - cpu
        made = sandbox.ask(f"requests?after={seen}")["requests"]
        cycles = sum(r["target"] == "/v3.1/districts" for r in made)
        return cpu / cycles, len(made), cycles


# The rate limit


def budget(bench):
    """Schoology's default limit on both sides; everything is waiting from the first request to the last."""
    credits, window = 15, 5
    folder = f"{bench.folder}/budget"
    os.makedirs(folder)
    sandbox = Sandbox(
        bench.programs, folder, "--students", "300", "--elementary-percent", "0", "--days", "1", "--tidy",
        "--schoology-credits", str(credits), "--schoology-window", f"{window}s")
    try:
        note("a first cycle within 15 credits / 5 s; it takes some minutes")
        run = bench.once(sandbox.configuration)
        counters = sandbox.ask("counters")
        made = [r for r in sandbox.ask("requests")["requests"] if r["side"] == "schoology"]
        marks = sandbox.ask("marks")["schoology"]
    finally:
        sandbox.stop()
    times = [datetime.fromisoformat(r["time"].replace("Z", "+00:00")).timestamp() for r in made]
    spent = counters["credits_spent"]
    length = times[-1] - times[0]
    refill = credits * length / window
    # The most that the limit allows in a time that begins with a full window.
    allowed = refill + credits
    minimum = sum(math.ceil(n / 50) for n in Counter(m["section"] for m in marks).values())
    puts = sum(r["method"] == "PUT" for r in made)
    show(
        f"{credits} credits in {window} s on both sides, {len(marks)} marks in {minimum} sections, "
        f"{run.document['counts']['schoology_requests']} requests in {length:.0f} s",
        ["429s", "most credits in a window", "credits spent", "of rate x time", "of the most possible", "PUTs",
         "minimum", "PUTs/minimum"],
        [[counters["rate_limited"], counters["max_credits_in_window"], spent, f"{spent / refill:.3f}",
          f"{spent / allowed:.3f}", puts, minimum, f"{puts / minimum:.3f}"]])


# One page of attendance from memory, by our reader and by two that could have been in its place


def json_reading(bench, pairs):
    reader, simdjson = os.environ["JSON_PROGRAMS"].split(":")
    sandbox = secondary_district(bench.programs, bench.folder, 1000)
    try:
        school = json.loads(sandbox.clever("/v3.1/schools?limit=1000"))["data"][0]["data"]["id"]
        day = sandbox.about["district"]["today"]
        page = sandbox.clever(
            f"/v3.1/attendance/schools/{school}?date_range_start={day}&date_range_end={day}&limit=1000")
    finally:
        sandbox.stop()
    path = f"{bench.folder}/page.json"
    with open(path, "wb") as file:
        file.write(page)
    records = len(json.loads(page)["data"])

    def reading(*command):
        return lambda: float(subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout)

    found = in_turn("one page", pairs, {
        "Foundation's JSONDecoder, to a struct of texts": reading(reader, "foundation", path, "100"),
        "simdjson, fields found and nothing converted": reading(simdjson, path, "1000"),
        "Answers/JSON, to checked records": reading(reader, "ours", path, "1000"),
    })
    show(
        f"One page of {records} records, {len(page) / records:.0f} bytes each, again and again; {pairs} runs in turn",
        ["reader", "median, µs a record", "least", "most"],
        [[name, *(f"{of(runs):.2f}" for of in (statistics.median, min, max))] for name, runs in found.items()])


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("programs", help=argparse.SUPPRESS)
    parser.add_argument("what", nargs="?", default="default", choices=[
        "default", "scan", "large", "quiet", "budget", "json", "writes", "history",
        "districts", "fairness"])
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10, 100, 500])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attendance-bench-") as folder:
        bench = Bench(options.programs, folder)
        if options.what in ("default", "scan"):
            scan(bench, 10_000, options.pairs or 5)
        if options.what == "large":
            scan(bench, 100_000, options.pairs or 3)
        if options.what in ("default", "quiet"):
            quiet(bench, options.pairs or 5)
        if options.what in ("default", "budget"):
            budget(bench)
        if options.what == "districts":
            districts.many(bench, options.counts)
            districts.apart(bench)
        if options.what == "fairness":
            districts.fairness(bench)
        if options.what == "writes":
            writes(bench, options.pairs or 5)
        if options.what == "history":
            history(bench, options.pairs or 5)
        if options.what == "json":
            json_reading(bench, options.pairs or 5)


if __name__ == "__main__":
    main()
