"""The soak that scripts/soak starts: `attendance-sync run` for a long time, at a pace at which a day passes in seconds.

Every district has a sandbox of its own. Clever is polled each second, sections are read back each second and the file
goes up each second, while offices and teachers edit marks on both sides, sometimes the same one; triggers come, some of
them rubbish; sides fail now and then; the configuration is reloaded. Memory and descriptors are read from /proc.

The rule. The samples after the warm-up (the first fifth) are averaged in 24 blocks of equal length, and a line is fitted
through the blocks. Its slope has a 95 % confidence interval by Student's t, with as many degrees of freedom as blocks are
left when their autocorrelation is taken off. Memory is what is private to the process (RssAnon: heap and stacks; the
pages of the program file come and go as the kernel likes). Nothing is taken off for the states, which grow with every
cycle that they remember: SQLite may keep 4 MiB of each in memory, but as two connections write to it, it doesn't.

  memory       fails if the interval lies above zero and the slope is more than 160 bytes a poll: 16 MiB in a year of
               polls at five-minute intervals. Less than that is lost in how malloc rounds.
  descriptors  fails if the interval lies above zero and the line rises by one descriptor or more.

A run of less than ten minutes is too short for a slope: there memory may not be more than 24 MiB above what it was after
the warm-up, and descriptors not more than 12. In the end both sides must be equal, nothing may be left in the outbox,
and one more cycle may write nothing.
"""

import argparse
import json
import math
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
from collections import Counter
from datetime import datetime, timezone

from sandbox import ask, expected, start

BLOCKS = 24
BYTES_PER_POLL = 160
SHORT = 600
STATUSES = {"present": 1, "absent": 2, "late": 3, "excused": 4}
# What heals by itself: the answers that say "later", and those that can't be read.
FAULTS = [
    {"action": "status", "status": 503, "count": 2},
    {"action": "status", "status": 429, "retry_after": 1, "count": 1},
    {"action": "status", "status": 401, "count": 1},
    {"action": "reset", "count": 2},
    {"action": "reset", "side": "schoology", "method": "PUT", "count": 1, "applied": True},
    {"action": "hang", "seconds": 2, "count": 1},
    {"action": "html", "count": 1},
    {"action": "truncated", "count": 1},
    {"action": "content_length", "offset": 7, "count": 1},
    {"action": "item_code", "code": 409, "count": 3},
    {"action": "item_count", "offset": 1, "count": 1},
    {"action": "expired_cursors", "count": 1},
]


class Wrong(Exception):
    """The soak can't go on, or its end isn't what it should be."""


# What is measured


class Sample:
    def __init__(self, pid, at):
        self.at = at
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        self.anonymous = int(fields["RssAnon"].split()[0]) * 1024
        self.resident = int(fields["VmRSS"].split()[0]) * 1024
        self.threads = int(fields["Threads"])
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))


class Line:
    """A line through the means of blocks, and the 95 % confidence interval of its slope, per second."""

    def __init__(self, samples, value):
        first, last = samples[0].at, samples[-1].at
        width = (last - first) / BLOCKS or 1
        blocks = [[] for _ in range(BLOCKS)]
        for sample in samples:
            blocks[min(BLOCKS - 1, int((sample.at - first) / width))].append((sample.at, value(sample)))
        points = [tuple(map(statistics.fmean, zip(*block))) for block in blocks if block]
        xs, ys = zip(*points)
        mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
        spread = sum((x - mean_x) ** 2 for x in xs)
        self.slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
        rests = [y - mean_y - self.slope * (x - mean_x) for x, y in points]
        squares = sum(rest * rest for rest in rests)
        lag = sum(a * b for a, b in zip(rests, rests[1:])) / squares if squares > 0 else 0
        lag = min(max(lag, 0), 0.9)
        self.freedom = max(2, round(len(points) * (1 - lag) / (1 + lag)) - 2)
        error = math.sqrt(squares / self.freedom / spread)
        self.margin = student(self.freedom) * error
        self.rise = self.slope * (last - first)

    @property
    def grows(self):
        return self.slope - self.margin > 0


def student(freedom):
    """The 97.5 % quantile of Student's t, by Cornish and Fisher's expansion; exact where that is poor."""
    exact = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}
    if freedom in exact:
        return exact[freedom]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def after_warm_up(samples):
    begin = samples[0].at + (samples[-1].at - samples[0].at) / 5
    return [sample for sample in samples if sample.at >= begin]


def judge(samples, polls):
    """What is wrong with these samples, and a table of what they show."""
    settled = after_warm_up(samples)
    seconds = settled[-1].at - settled[0].at
    wrong, rows = [], []
    if samples[-1].at - samples[0].at < SHORT:
        begin, end = settled[0], settled[-1]
        rows.append(("too short for a slope", f"{seconds:.0f} s after the warm-up"))
        if end.anonymous - begin.anonymous > 24 << 20:
            wrong.append(f"memory grew by {mib(end.anonymous - begin.anonymous)} within {seconds:.0f} s")
        if end.descriptors - begin.descriptors > 12:
            wrong.append(f"{end.descriptors - begin.descriptors} more descriptors within {seconds:.0f} s")
        return wrong, rows
    pace = polls / (samples[-1].at - samples[0].at)
    memory = Line(settled, lambda sample: sample.anonymous)
    descriptors = Line(settled, lambda sample: sample.descriptors)
    rows.append((
        "private memory's slope", f"{memory.slope * 3600 / 1024:+.1f} ± {memory.margin * 3600 / 1024:.1f} KiB an hour, "
        f"{memory.slope / pace:+.1f} ± {memory.margin / pace:.1f} bytes a poll ({memory.freedom} degrees of freedom)"))
    rows.append((
        "descriptors' slope", f"{descriptors.slope * 3600:+.2f} ± {descriptors.margin * 3600:.2f} an hour "
        f"({descriptors.freedom} degrees of freedom)"))
    if memory.grows and memory.slope / pace > BYTES_PER_POLL:
        wrong.append(f"memory grows by {memory.slope / pace:.0f} bytes a poll")
    if descriptors.grows and descriptors.rise >= 1:
        wrong.append(f"descriptors grow by {descriptors.slope * 3600:.1f} an hour")
    return wrong, rows


def mib(count):
    return f"{count / (1 << 20):.1f} MiB"


# The districts


class Sandbox:
    """One district's Clever and Schoology."""

    def __init__(self, number, programs, folder, students, zone, minutes, seed):
        self.name = f"soak-{number}"
        self.random = random.Random(f"{seed} {number}")
        self.folder = f"{folder}/{self.name}"
        os.makedirs(self.folder)
        self.process, about = start(
            [
                f"{programs}/attendance-sandbox", "--json", "--seed", str(seed + number), "--students", str(students),
                "--days", "2", "--elementary-percent", "30", "--sections-per-student", "4", "--tidy",
                "--timezone", zone, "--clever-rate", "1000000", "--schoology-credits", "2000",
                "--schoology-window", "1s", "--poll-interval", "1s", "--read-back-interval", "1s",
                "--upload-interval", "1s", "--ingest-every", "2", "--triggers", "--trigger-writes",
                "--trigger-retry", "1s", "--direction", "both", "--for", f"{int(minutes) + 60}m",
                "--until-stdin-closes", "--write-config", f"{self.folder}/attendance-sync.toml",
            ], stdin=subprocess.PIPE)
        if not about:
            raise Wrong("a sandbox did not start")
        self.control = about["control_url"]
        host, port = re.match(r"http://([^:/]+):(\d+)", about["trigger_url"]).groups()
        self.listener = (host, int(port))
        keys = self.ask("compare?all=true")["keys"]
        # Where the day has a daily record, the section says nothing.
        self.pairs = [key for key in keys if key["clever"] and not key["daily"]]
        self.daily = sorted({key["student"] for key in keys if key["daily"] and not key["clever"]})
        self.today = about["district"]["today"]
        if not self.pairs or not self.daily:
            raise Wrong("a district has too few students")

    def ask(self, path, body=None, method=None):
        return ask(self.control, path, body, method)

    def table(self):
        """The district's tables of a configuration, with absolute paths."""
        with open(f"{self.folder}/attendance-sync.toml", encoding="utf-8") as file:
            text = file.read()
        text = text[text.index("[[district]]"):].replace('name = "sandbox"', f'name = "{self.name}"')
        return re.sub(r'_file = "(?!/)', f'_file = "{self.folder}/', text)

    def office(self, pair):
        status, code = self.random.choice(
            [("absent", None), ("absent", "E"), ("tardy", None), ("present", None), ("present", None)])
        body = {"student": pair["student"], "section": pair["section"], "status": status, "sync": True}
        self.ask("clever/record", body | ({"excuse_code": code} if code else {}))

    def teacher(self, pair):
        status = self.random.choice([1, 1, 2, 3, 4])
        if status == 1 and self.random.random() < 0.5:
            self.ask("schoology/mark", {"enrollment": pair["enrollment"]}, method="DELETE")
        else:
            self.ask("schoology/mark", {"enrollment": pair["enrollment"], "status": status, "comment": "in class"})

    def edit(self):
        """What somebody does next. Returns its name."""
        pair = self.random.choice(self.pairs)
        what = self.random.choices(
            ["office", "teacher", "both", "daily", "rubbish", "fault"], [40, 40, 8, 8, 3, 1])[0]
        if what in ("office", "both"):
            self.office(pair)
        if what in ("teacher", "both"):
            self.teacher(pair)
        if what == "daily":
            status = self.random.choice(["absent", "tardy", "present"])
            self.ask("clever/record", {"student": self.random.choice(self.daily), "status": status, "sync": True})
        if what == "rubbish":
            self.rubbish()
        if what == "fault":
            self.ask("faults", self.random.choice(FAULTS))
        return what

    def rubbish(self):
        """Whoever may connect to the listener: nothing of it may stay behind."""
        kind = self.random.randrange(4)
        try:
            with socket.create_connection(self.listener, timeout=2) as connection:
                if kind == 1:
                    connection.sendall(self.random.randbytes(300))
                elif kind == 2:
                    connection.sendall(b"POST /wrong HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}")
                    connection.recv(1000)
                elif kind == 3:
                    connection.sendall(b"POST /half HTTP/1.1\r\nContent-Le")
        except OSError:
            pass  # While a reload goes on nobody may listen.

    def differences(self):
        """Where both sides don't say the same, by the status map of the written configuration."""
        found = []
        shown_daily, wanted_daily = {}, {}
        for key in self.ask(f"compare?all=true&date={self.today}")["keys"]:
            shown = key["schoology"]["status"] if key["schoology"] else 1
            record = key["clever"] or key["daily"]
            wanted = meaning(record) if record else 1
            if key["clever"] or not key["daily"]:
                if shown != wanted:
                    found.append(f"{key['enrollment']}: Clever {wanted}, Schoology {shown}")
            else:
                # A daily record goes to the homeroom, one of the student's sections.
                wanted_daily[key["student"]] = wanted
                shown_daily.setdefault(key["student"], set()).add(shown)
        for student, wanted in wanted_daily.items():
            if shown_daily[student] - {1} != {wanted} - {1}:
                found.append(f"student {student}: Clever {wanted} all day, Schoology {sorted(shown_daily[student])}")
        return found

    def stop(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(30)


def meaning(record):
    return STATUSES[expected(record["status"], record["excuse_code"])]


# The daemon


class Daemon:
    def __init__(self, programs, folder, sandboxes):
        self.program = f"{programs}/attendance-sync"
        self.folder = folder
        self.configuration = f"{folder}/attendance-sync.toml"
        self.log = f"{folder}/attendance-sync.log"
        self.states = f"{folder}/state"
        self.sandboxes = sandboxes
        self.process = None
        self.read = 0
        self.events = Counter()
        self.last_cycle = {}
        self.totals = Counter()

    def configure(self, slow=None):
        """Writes the configuration; one district may be polled more slowly, so that a reload has something to do."""
        text = f'[service]\nstate_directory = "{self.folder}/state"\n\n'
        for sandbox in self.sandboxes:
            table = sandbox.table()
            if sandbox is slow:
                table = table.replace('poll_interval = "1s"', 'poll_interval = "2s"', 1)
            text += table + "\n"
        with open(f"{self.configuration}.new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(f"{self.configuration}.new", self.configuration)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "run", "--config", self.configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def follow(self):
        """Counts what the log says, which is then forgotten, so that it doesn't fill the disk."""
        with open(self.log, "rb") as log:
            log.seek(self.read)
            data = log.read()
        whole = data[: data.rfind(b"\n") + 1]
        self.read += len(whole)
        for line in whole.decode().splitlines():
            event = re.search(r" event=(\S+)", line)
            if not event:
                raise Wrong(f"the log has a line that is none: {line}")
            name = event.group(1)
            repeated = re.search(r" repeated=(\d+)$", line)
            self.events[name] += int(repeated.group(1)) if repeated else 1
            if cycle := re.search(r" district=(\S+) cycle=(\d+)", line):
                district, number = cycle.group(1), int(cycle.group(2))
                self.last_cycle[district] = max(number, self.last_cycle.get(district, 0))
            if name == "cycle.finished":
                for field in ("decided", "acknowledged", "rows_uploaded", "rows_confirmed", "conflicts", "sections_read"):
                    self.totals[field] += int(re.search(rf" {field}=(\d+)", line).group(1))
        if self.process.poll() is not None:
            raise Wrong(f"the daemon ended with {self.process.returncode}")

    @property
    def polls(self):
        # Cycles between the polls, which only read Schoology back, are logged at debug.
        return self.events["cycle.started"]

    @property
    def cycles(self):
        return sum(self.last_cycle.values())

    def command(self, *words):
        """Another process beside the daemon, or after it: its exit code, and what it printed."""
        result = subprocess.run(
            [self.program, *words, "--config", self.configuration], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=300)
        return result.returncode, result.stdout, result.stderr

    def stop(self):
        self.process.terminate()
        code = self.process.wait(40)
        if code != 0:
            raise Wrong(f"the daemon ended with {code} after SIGTERM")


# The soak


def soak(daemon, sandboxes, seconds, every, say):
    samples, edits = [], Counter()
    began = time.monotonic()
    daemon.start()
    sampled = reloaded = asked = spoken = began
    slow = None
    while (now := time.monotonic()) - began < seconds:
        for sandbox in sandboxes:
            edits[sandbox.edit()] += 1
        if now - sampled >= every:
            sampled = now
            samples.append(Sample(daemon.process.pid, now - began))
            daemon.follow()
        if now - reloaded >= 30:
            reloaded = now
            slow = sandboxes[0] if slow is None else None
            daemon.configure(slow)
            daemon.process.send_signal(signal.SIGHUP)
            edits["reload"] += 1
        if now - asked >= 20:
            asked = now
            code, _, text = daemon.command("status", "--json")
            if code not in (0, 1):
                raise Wrong(f"status exits {code}: {text}")
            edits["status"] += 1
        if now - spoken >= max(60, seconds / 20) and samples:
            spoken = now
            last = samples[-1]
            say(f"{(now - began) / 60:5.1f} min  {daemon.cycles:8,} cycles  {sum(edits.values()):8,} edits  "
                f"RSS {mib(last.resident)}, private {mib(last.anonymous)}, {last.descriptors} descriptors, "
                f"{last.threads} threads")
        time.sleep(max(0, 0.4 - (time.monotonic() - now)))
    samples.append(Sample(daemon.process.pid, time.monotonic() - began))
    for sandbox in sandboxes:
        sandbox.ask("faults", method="DELETE")
    daemon.follow()
    return samples, edits


def settle(daemon, sandboxes):
    """The daemon is stopped; what waits is sent, and Clever takes the files, until nothing is left to do."""
    daemon.stop()
    for _ in range(6):
        code, text, log = daemon.command("once", "--upload", "--json")
        if code != 0:
            raise Wrong(f"once --upload exits {code}: {text}\n{log}")
        for sandbox in sandboxes:
            sandbox.ask("clever/ingest", {})
        totals = [district["totals"] for district in json.loads(text)["districts"]]
        if not any(total["pending"] or total["rows_to_upload"] or total["unconfirmed_rows"] for total in totals):
            break
    found = [f"{sandbox.name}: {difference}" for sandbox in sandboxes for difference in sandbox.differences()]
    if found:
        raise Wrong(f"the sides differ in {len(found)} marks: " + "; ".join(found[:5]))
    before = [sandbox.ask("counters") for sandbox in sandboxes]
    code, text, log = daemon.command("once", "--upload", "--json")
    after = [sandbox.ask("counters") for sandbox in sandboxes]
    if code != 0:
        raise Wrong(f"the last once exits {code}: {text}\n{log}")
    for district in json.loads(text)["districts"]:
        left = {name: value for name, value in district["totals"].items()
                if value and name in ("pending", "rows_to_upload", "unconfirmed_rows", "dead", "open_conflicts")}
        if left:
            raise Wrong(f"{district['district']} has something left: {left}")
    for one, other in zip(before, after):
        if one["schoology_writes"] != other["schoology_writes"] or one["rows_taken"] != other["rows_taken"]:
            raise Wrong("one more cycle wrote something though both sides are equal")


def report(daemon, sandboxes, samples, edits, rows):
    counters = Counter()
    for sandbox in sandboxes:
        for name, value in sandbox.ask("counters").items():
            if isinstance(value, int):
                counters[name] += value
    first, warm, last = samples[0], after_warm_up(samples)[0], samples[-1]
    minutes = last.at / 60
    marks = counters["items_written"] + counters["rows_taken"]
    state = sum(os.path.getsize(f"{daemon.states}/{name}") for name in os.listdir(daemon.states) if ".sqlite" in name)
    table = [
        ("time", f"{minutes:.1f} min, {len(sandboxes)} districts"),
        ("cycles", f"{daemon.cycles:,} ({daemon.cycles / minutes:.0f} a minute; 288 polls are a district's day)"),
        ("polls of Clever", f"{daemon.polls:,}"),
        ("requests", f"{counters['clever_requests']:,} to Clever, {counters['schoology_reads']:,} reads and "
         f"{counters['schoology_writes']:,} writes of Schoology, {counters['files_ingested']:,} files taken"),
        ("marks carried", f"{marks:,}: {counters['items_written']:,} to Schoology, {counters['rows_taken']:,} rows to Clever"),
        ("triggers", f"{counters['triggers_sent']:,}"),
        ("edits", ", ".join(f"{count:,} {name}" for name, count in sorted(edits.items()))),
        ("conflicts", f"{daemon.totals['conflicts']:,}"),
        ("failed cycles", f"{daemon.events['cycle.failed']:,}"),
        ("RSS", f"{mib(first.resident)} at the start, {mib(warm.resident)} after the warm-up, {mib(last.resident)} at the "
         f"end, at most {mib(max(s.resident for s in samples))}"),
        ("private memory", f"{mib(first.anonymous)}, {mib(warm.anonymous)}, {mib(last.anonymous)}, "
         f"at most {mib(max(s.anonymous for s in samples))}"),
        ("descriptors", f"{first.descriptors}, {warm.descriptors}, {last.descriptors}, "
         f"at most {max(s.descriptors for s in samples)}"),
        ("threads", f"{first.threads}, {warm.threads}, {last.threads}, at most {max(s.threads for s in samples)}"),
        ("state files", mib(state)),
    ] + rows
    for name, value in table:
        print(f"  {name:<24}{value}")


def self_test():
    """The rule must see a leak and must not see noise."""

    class Made:
        def __init__(self, at, anonymous, descriptors):
            self.at, self.anonymous, self.descriptors = at, anonymous, descriptors

    source = random.Random(7)
    kinds = {
        # What malloc does: goes up fast and then stays, with noise that follows itself.
        "steady": (lambda at: 0, lambda at: 0, 0), "leak": (lambda at: at * 5 * 1000, lambda at: 0, 1),
        "descriptors": (lambda at: 0, lambda at: at / 600, 1), "both": (lambda at: at * 5000, lambda at: at / 300, 2),
        "tiny": (lambda at: at * 5 * 40, lambda at: 0, 0),
    }
    for name, (grown, opened, expected) in kinds.items():
        samples, drift = [], 0.0
        for at in range(0, 3600, 2):
            drift = 0.9 * drift + source.gauss(0, 60_000)
            warm = 20e6 * (1 - math.exp(-at / 120))
            samples.append(Made(at, 30e6 + warm + drift + grown(at), 40 + source.randrange(-2, 3) + opened(at)))
        wrong, _ = judge(samples, 5 * 3600)
        if len(wrong) != expected:
            raise Wrong(f"{name}: {expected} complaints were expected, not {wrong}")
    print("soak: the rule sees what it should")


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--districts", type=int, default=5, help="as many polls a second (5)")
    parser.add_argument("--students", type=int, default=60, help="of each district (60)")
    parser.add_argument("--every", type=float, default=2, help="seconds between two samples (2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", help="directory of the programs; else a release build is made")
    parser.add_argument("--samples", help="write the samples to this file, as CSV")
    parser.add_argument("--self-test", action="store_true", help="only check the rule, with made-up samples")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    now = datetime.now(timezone.utc)
    # Where it is noon now, so that the soak doesn't cross midnight. The sign in these names is the other way round.
    zone = f"Etc/GMT{now.hour - 12:+d}"
    folder = tempfile.mkdtemp(prefix="attendance-soak-")
    sandboxes, daemon, isKept = [], None, True
    try:
        for number in range(options.districts):
            sandboxes.append(Sandbox(
                number, options.programs, folder, options.students, zone, options.minutes, options.seed))
        daemon = Daemon(options.programs, folder, sandboxes)
        daemon.configure()
        print(f"soak: {options.minutes:g} min, {options.districts} districts of {options.students} students, seed "
              f"{options.seed}", flush=True)
        samples, edits = soak(
            daemon, sandboxes, options.minutes * 60, options.every, lambda text: print(f"  {text}", flush=True))
        if options.samples:
            with open(options.samples, "w", encoding="ascii") as file:
                file.write("seconds,rss,anonymous,descriptors,threads\n")
                for s in samples:
                    file.write(f"{s.at:.2f},{s.resident},{s.anonymous},{s.descriptors},{s.threads}\n")
        wrong, rows = judge(samples, daemon.polls)
        report(daemon, sandboxes, samples, edits, rows)
        settle(daemon, sandboxes)
        print("  both sides              equal; one more cycle writes nothing")
        if wrong:
            raise Wrong("; ".join(wrong))
        isKept = False
        print("soak: passed")
    finally:
        if daemon and daemon.process and daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
        for sandbox in sandboxes:
            sandbox.stop()
        if isKept:
            print(f"soak: log and state are kept in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    except (Wrong, urllib.error.URLError) as error:
        print(f"soak: FAILED: {error}", file=sys.stderr)
        sys.exit(1)
