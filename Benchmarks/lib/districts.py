"""Many districts in one process: what they take of a machine, and whether one keeps another waiting.

Each district is a sandbox process of its own. Time is compressed: every interval is a thirtieth of its default, so that
a day's steady work passes in minutes. What a machine carries is worked out from that, and said as worked out.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from measure import Daemon, memory_of, note, proportional_memory_of, show
from world import UNLIMITED, Sandbox

FASTER = 30
POLL, READ_BACK = 300 // FASTER, 900 // FASTER


class Town:
    """One district: its sandbox, and people of its that can be marked."""

    def __init__(self, programs, folder, number, students):
        self.name = f"d{number:03d}"
        self.folder = f"{folder}/{self.name}"
        os.makedirs(self.folder)
        self.sandbox = Sandbox(
            programs, self.folder, "--students", str(students), "--seed", str(number), "--days", "1", "--tidy",
            *UNLIMITED)
        self._present = None

    def table(self):
        """Its part of the configuration."""
        about = self.sandbox.about
        return f"""
[[district]]
name = "{self.name}"
timezone = "America/Chicago"
[district.clever]
base_url = "{about['clever']['base_url']}"
token_file = "{self.folder}/sandbox.clever-token"
poll_interval = "{POLL}s"
lookback = "1d"
recent_lookback = "1d"
[district.clever.sftp]
url = "sftp://127.0.0.1:9/~/attendance.csv"
username_file = "{self.folder}/user"
password_file = "{self.folder}/user"
known_hosts_file = "{self.folder}/known_hosts"
[district.schoology]
base_url = "{about['schoology']['base_url']}"
consumer_key_file = "{self.folder}/sandbox.schoology-key"
consumer_secret_file = "{self.folder}/sandbox.schoology-secret"
poll_interval = "{READ_BACK}s"
rate_limit = {{ credits = 1000000, window = "5s" }}
[district.safety]
first_cycle = "write"
"""

    def prepare(self):
        """Nothing goes back to Clever here, so its server is never asked; the settings want one all the same."""
        with open(f"{self.folder}/user", "w", opener=private, encoding="utf-8") as file:
            file.write("nobody\n")
        with open(f"{self.folder}/known_hosts", "w", encoding="utf-8") as file:
            file.write("[127.0.0.1]:9 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJq0Zf0c7yR1vF8v0m9m6i1o1o1o1o1o1o1o1o1o1o1\n")

    def edit(self, turn):
        """The office marks five students, and Clever has finished a sync. Returns when."""
        if self._present is None:
            self._present = self.sandbox.ask("sample?status=present&limit=5")["records"]
        for person in self._present:
            self.sandbox.ask("clever/record", {
                "student": person["student"], "section": person["section"],
                "status": ("absent", "tardy")[turn % 2]})
        self.sandbox.ask("clever/sync", {})
        return time.time()


def private(path, flags):
    return os.open(path, flags, 0o600)


def configure(folder, towns):
    for town in towns:
        town.prepare()
    os.makedirs(f"{folder}/state", mode=0o700, exist_ok=True)
    path = f"{folder}/attendance-sync.toml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'[service]\nstate_directory = "{folder}/state"\n')
        file.writelines(town.table() for town in towns)
    return path


def first_cycles(daemon, towns):
    """Until each of them has ended a cycle."""
    names = {town.name for town in towns}
    daemon.wait(
        lambda events: names <= {e.get("district") for e in events if e["event"] == "cycle.finished"},
        "a cycle of each district", 1800)


def threads_and_files(pid):
    return len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))


def at(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone + float(text[19:-1] or 0)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


class Span:
    """What a daemon did and took in a stretch of time."""

    def __init__(self, daemon, seconds, meanwhile=None):
        daemon.follow()
        seen, cpu, start = len(daemon.events), daemon.cpu(), time.monotonic()
        if meanwhile:
            meanwhile(start + seconds)
        time.sleep(max(0, start + seconds - time.monotonic()))
        self.wall = time.monotonic() - start
        self.cpu = daemon.cpu() - cpu
        daemon.follow()
        self.events = daemon.events[seen:]

    def late(self, districts=None):
        """By how many seconds polls began later than one interval after the one before."""
        before, late = {}, []
        for event in self.events:
            if event["event"] != "cycle.started" or event.get("kind") != "scheduled":
                continue
            name = event["district"]
            if districts is not None and name not in districts:
                continue
            when = at(event["ts"])
            if name in before:
                late.append(max(0, when - before[name] - POLL))
            before[name] = when
        return late

    def count(self, event, **fields):
        return sum(
            e["event"] == event and all(e.get(key) == value for key, value in fields.items()) for e in self.events)


def arrivals(towns, edited, until):
    """For each edit, after how many seconds Schoology had acknowledged its marks; None: not by then."""
    def of(town):
        made = town.sandbox.ask("requests")["requests"]
        puts = sorted(at(r["time"]) for r in made if r["method"] == "PUT")
        for when in edited[town.name]:
            after = [put for put in puts if put >= when]
            yield after[0] - when if after else None
    with ThreadPoolExecutor(16) as pool:
        return [seconds for found in pool.map(lambda town: list(of(town)), towns) for seconds in found]


def many(bench, counts, students=500, seconds=60):
    rows = []
    for count in counts:
        folder = f"{bench.folder}/districts-{count}"
        os.makedirs(folder)
        note(f"{count} sandboxes of {students} students")
        with ThreadPoolExecutor(8) as pool:
            towns = list(pool.map(lambda n: Town(bench.programs, folder, n, students), range(1, count + 1)))
        daemon = None
        try:
            daemon = Daemon(bench.programs, configure(folder, towns))
            note("their first cycles")
            first_cycles(daemon, towns)
            first_cpu, first_wall = daemon.cpu(), time.time() - daemon.started
            time.sleep(2 * POLL)
            note(f"{seconds} s in which nothing changes")
            quiet = Span(daemon, seconds)
            note(f"{seconds} s in which five marks of each district change in each poll's interval")
            edited = {town.name: [] for town in towns}

            def edit(end):
                turn = 0
                with ThreadPoolExecutor(8) as pool:
                    while time.monotonic() + 2 * POLL < end:
                        next_turn = time.monotonic() + 1.37 * POLL
                        for town, when in zip(towns, pool.map(lambda town: town.edit(turn), towns)):
                            edited[town.name].append(when)
                        turn += 1
                        time.sleep(max(0, next_turn - time.monotonic()))

            busy = Span(daemon, seconds, edit)
            took = arrivals(towns, edited, time.time())
            threads, files = threads_and_files(daemon.process.pid)
            failed = sum(e["event"] == "cycle.failed" for e in daemon.events)
            polls = quiet.count("cycle.started", kind="scheduled")
            rows.append([
                count, f"{first_cpu / count:.2f}", f"{first_wall:.0f}",
                f"{100 * quiet.cpu / quiet.wall:.1f}", f"{100 * quiet.cpu / quiet.wall / FASTER:.2f}",
                f"{100 * busy.cpu / busy.wall:.1f}", f"{100 * busy.cpu / busy.wall / FASTER:.2f}",
                f"{percentile(quiet.late(), .99):.2f}, {percentile(busy.late(), .99):.2f}",
                f"{percentile([t for t in took if t is not None], .5):.1f}, "
                f"{percentile([t for t in took if t is not None], .99):.1f}",
                f"{memory_of(daemon.process.pid, 'VmRSS'):.0f}, {memory_of(daemon.process.pid):.0f}", threads, files,
                failed + sum(t is None for t in took)])
            note(f"{polls} polls in the quiet stretch, of {count * seconds // POLL}")
        finally:
            if daemon:
                daemon.stop()
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(lambda town: town.sandbox.stop(), towns))
    show(
        f"Districts of {students} students in one process, every interval a thirtieth of its default; % of one core",
        ["districts", "CPU s each, first cycle", "all done after s", "quiet %", "at 5 min", "busy %", "at 5 min",
         "late s, p99: quiet, busy", "edit to PUT s: p50, p99", "MB: now, most", "threads", "files", "failures"], rows)


def apart(bench, count=10, students=500, seconds=60):
    """A process for each district, as the template unit runs them."""
    folder = f"{bench.folder}/apart"
    os.makedirs(folder)
    note(f"{count} sandboxes of {students} students, and a process for each")
    with ThreadPoolExecutor(8) as pool:
        towns = list(pool.map(lambda n: Town(bench.programs, folder, n, students), range(1, count + 1)))
    daemons = []
    try:
        configuration = configure(folder, towns)
        for town in towns:
            daemons.append(Daemon(bench.programs, configuration, town.name))
        for town, daemon in zip(towns, daemons):
            first_cycles(daemon, [town])
        time.sleep(2 * POLL)
        cpu = sum(daemon.cpu() for daemon in daemons)
        time.sleep(seconds)
        cpu = sum(daemon.cpu() for daemon in daemons) - cpu
        own = sum(proportional_memory_of(daemon.process.pid) for daemon in daemons)
    finally:
        for daemon in daemons:
            daemon.stop()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda town: town.sandbox.stop(), towns))
    show(
        f"{count} districts of {students} students, a process for each",
        ["quiet: % of a core", "at 5 min", "MB in all, what they share counted once"],
        [[f"{100 * cpu / seconds:.1f}", f"{100 * cpu / seconds / FASTER:.2f}", f"{own:.0f}"]])


def fairness(bench, seconds=60):
    """A district that hangs, one that is throttled and one of 100 000 students, beside twenty ordinary ones."""
    folder = f"{bench.folder}/fairness"
    os.makedirs(folder)
    note("twenty sandboxes, and three that will make trouble")
    with ThreadPoolExecutor(8) as pool:
        towns = list(pool.map(lambda n: Town(bench.programs, folder, n, 500), range(1, 21)))
        hangs, throttled, large = trouble = list(
            pool.map(lambda a: Town(bench.programs, folder, *a), ((101, 500), (102, 500), (103, 100_000))))
    ordinary = {town.name for town in towns}
    hangs.sandbox.ask("faults", {"side": "clever", "action": "hang", "seconds": 3600, "applied": True})
    throttled.sandbox.ask("faults", {"side": "schoology", "action": "status", "status": 429, "retry_after": 30})
    rows = []
    try:
        for what, group in (("alone", towns), ("beside the three", towns + trouble)):
            where = f"{folder}/{what.split()[0]}"
            os.makedirs(where)
            note(f"the twenty {what}")
            daemon = Daemon(bench.programs, configure(where, group))
            try:
                first_cycles(daemon, towns)
                first = time.time() - daemon.started
                span = Span(daemon, seconds)
            finally:
                daemon.stop()
            durations = [
                int(e["duration_ms"]) for e in span.events if e["event"] == "cycle.finished" and e["district"] in ordinary]
            late = span.late(ordinary)
            big = [e for e in daemon.events if e.get("district") == large.name and e["event"] == "cycle.finished"]
            rows.append([
                what, f"{first:.1f}", len(durations), f"{percentile(durations, .5):.0f}",
                f"{percentile(durations, .99):.0f}", f"{percentile(late, .5):.3f}", f"{percentile(late, .99):.3f}",
                f"{100 * span.cpu / span.wall:.0f}"])
            if group is not towns:
                note(f"the large district ended {len(big)} cycles meanwhile")
    finally:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda town: town.sandbox.stop(), towns + trouble))
    show(
        "Twenty districts of 500 students, alone and beside one whose Clever hangs, one whose Schoology answers 429, and one "
        "of 100 000 students in its first cycle",
        ["", "first cycles done after s", "cycles then", "ms each, p50", "p99", "late s, p50", "p99", "% of a core"], rows)
