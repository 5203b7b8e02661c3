"""The demonstration that scripts/demo starts. Everything it claims, it has asked the sandbox for.

Usage: demo.py DIRECTORY-OF-THE-PROGRAMS [--keep] [--no-sftp]
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter

from sandbox import SCHOOLOGY, ask, expected, start

PATIENCE = 120
# What the sandbox allows in 5 s, and how often it is polled.
CREDITS = 300
POLL = 2


class Wrong(Exception):
    """Something that the demonstration claims did not happen."""


# What is shown


BOLD, DIM, GREEN, PLAIN = ("\033[1m", "\033[2m", "\033[32m", "\033[0m")
if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
    BOLD = DIM = GREEN = PLAIN = ""


def heading(number, text):
    print(f"\n{BOLD}{number}. {text}{PLAIN}")


def say(text=""):
    print(f"   {text}".rstrip())


def row(name, value):
    say(f"{name:<27}{value}")


def checked(text):
    say(f"{GREEN}checked{PLAIN}  {text}")


def table(header, rows):
    widths = [max(len(str(r[i])) for r in [header, *rows]) for i in range(len(header))]
    for index, cells in enumerate([header, *rows]):
        line = "  ".join(str(c).ljust(w) for c, w in zip(cells, widths)).rstrip()
        say(f"{DIM}{line}{PLAIN}" if index == 0 else line)


def count(number, noun):
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def quoted(text):
    """What a program printed."""
    for line in text.splitlines():
        say(f"{DIM}|{PLAIN} {line}")


def tally(values):
    counts = Counter(values)
    return ", ".join(f"{counts[name]} {name}" for name in ("absent", "late", "tardy", "excused") if counts[name])


# The sandbox and the daemon


class Sandbox:
    def __init__(self, bin_dir, folder, keep, no_sftp):
        self.configuration = f"{folder}/attendance-sync.toml"
        self.file = f"{folder}/drop/attendance.csv"
        command = [
            f"{bin_dir}/attendance-sandbox", "--json", "--students", "240", "--days", "4",
            # Schoology's own limit would make a first cycle of this size take minutes.
            "--schoology-credits", str(CREDITS), "--poll-interval", f"{POLL}s", "--for", "1h" if keep else "20m",
            # As by default: a file an hour at most. Clever takes it in when this script says so.
            "--upload-interval", "1h", "--ingest-every", "5" if keep else "0",
            # Only triggers tell of a teacher's edit here, and a person decides conflicts.
            "--read-back-interval", "1h", "--triggers", "--policy", "hold",
            "--drop-folder", f"{folder}/drop", "--write-config", self.configuration,
        ]
        if no_sftp:
            command.append("--no-sftp")
        if not keep:
            command.append("--until-stdin-closes")  # it stops with this script, however that ends
        self.process, about = start(
            command, start_new_session=keep, stdin=subprocess.DEVNULL if keep else subprocess.PIPE)
        if not about:
            raise Wrong("the sandbox did not start")
        self.control = about["control_url"]
        self.district = about["district"]
        self.sftp = about["sftp"]
        self.sftp_missing = about.get("sftp_missing")

    def ask(self, path, body=None):
        return ask(self.control, path, body)

    def requests(self, after=0):
        return self.ask(f"requests?after={after}")["requests"]

    def sides(self, pair):
        """What Clever and Schoology say of a student in a section today."""
        key = next(k for k in self.ask("compare?all=true")["keys"] if k["enrollment"] == pair["enrollment"])
        clever, schoology = key["clever"], key["schoology"]
        code = f" ({clever['excuse_code']})" if clever and clever["excuse_code"] else ""
        return (clever["status"] + code if clever else "present",
                SCHOOLOGY[schoology["status"]] if schoology else "present")

    def stop(self):
        self.process.terminate()
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(30)


class Daemon:
    """`attendance-sync run`, followed through its log."""

    def __init__(self, bin_dir, sandbox, folder, keep):
        self.program = f"{bin_dir}/attendance-sync"
        self.options = ["--config", sandbox.configuration]
        self.log = f"{folder}/attendance-sync.log"
        self.keep = keep
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "run", *self.options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=self.keep)

    def events(self, name):
        """The events of that name that the log tells of."""
        found = []
        with open(self.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.endswith("\n") and f" event={name} " in line:
                    found.append(dict(part.split("=", 1) for part in shlex.split(line) if "=" in part))
        return found

    def cycles(self):
        return self.events("cycle.finished")

    def wait_for(self, name, after=0, until=lambda event: True):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Wrong(f"the daemon ended with exit code {self.process.returncode}")
            for event in self.events(name)[after:]:
                if until(event):
                    return event
            time.sleep(0.05)
        raise Wrong(f"no such {name} within {PATIENCE} s")

    def wait_for_cycle(self, after, until=lambda cycle: True):
        return self.wait_for("cycle.finished", after, until)

    def command(self, *words, codes=(0,)):
        result = subprocess.run(
            [self.program, *words, *self.options], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if result.returncode not in codes:
            raise Wrong(f"`attendance-sync {' '.join(words)}` exits {result.returncode}: {result.stderr.strip()}")
        return result.stdout

    def show(self, *words):
        """Runs a command and shows it with what it prints."""
        say("$ attendance-sync " + " ".join(f'"{word}"' if " " in word else word for word in words))
        text = self.command(*words)
        quoted(text)
        return text

    def stop(self):
        self.process.terminate()
        code = self.process.wait(40)
        if code != 0:
            raise Wrong(f"the daemon ended with exit code {code} after SIGTERM")

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None


# The demonstration


def numbers(cycle, *names):
    return [int(cycle[name]) for name in names]


def both_sides(sandbox, days):
    """Every mark of a section that is found on both sides without a doubt, and isn't present in Clever."""
    found = []
    for day in days:
        for status in ("absent", "tardy"):
            found += [
                record | {"date": day}
                for record in sandbox.ask(f"sample?status={status}&date={day}&limit=1000000")["records"]
            ]
    return found


def schoology_marks(sandbox):
    return {
        (mark["enrollment"], mark["date"]): SCHOOLOGY[mark["status"]] for mark in sandbox.ask("marks")["schoology"]
    }


def the_sides(sandbox):
    heading(1, "A school district, and two systems that should say the same")
    district = sandbox.district
    marks = sandbox.ask("marks")
    row("district", f"{count(district['students'], 'student')}, {count(district['schools'], 'school')}, "
        f"{count(district['sections'], 'section')}; made up, and served by this machine")
    row("Clever, today", tally(mark["status"] for mark in marks["clever"]) + f"  ({district['today']})")
    row("Schoology", "no attendance yet" if not marks["schoology"] else count(len(marks["schoology"]), "mark"))


def first_cycle(sandbox, daemon):
    heading(2, "The daemon starts: Clever's attendance goes to Schoology")
    say("$ attendance-sync run")
    daemon.start()
    cycle = daemon.wait_for_cycle(0, lambda cycle: cycle["outcome"] == "done" and int(cycle["records"]) > 0)
    pages, records, healed = numbers(cycle, "pages", "records", "healed")
    sent, puts, acknowledged, dead = numbers(cycle, "sent", "puts", "acknowledged", "dead")
    after = schoology_marks(sandbox)
    row("read from Clever", f"{count(records, 'record')} on {count(pages, 'page')}")
    row("sent to Schoology", f"{count(sent, 'mark')} in {count(puts, 'request')}")
    row("accepted / rejected", f"{acknowledged:,} / {dead:,}")
    row("Schoology now", tally(after.values()))
    row("took", f"{int(cycle['duration_ms']) / 1000:.1f} s, with what Schoology allows in 5 s raised from 15 to {CREDITS}")
    if acknowledged == 0 or acknowledged != sent or dead:
        raise Wrong("not every mark that was sent was accepted")
    if len(after) != acknowledged + healed:
        raise Wrong(f"Schoology holds {len(after)} marks, and {acknowledged} were accepted")
    today = sandbox.district["today"]
    days = sorted({date for _, date in after} | {today})
    pairs = both_sides(sandbox, days)
    for pair in pairs:
        shown = after.get((pair["enrollment"], pair["date"]), "present")
        if shown != expected(pair["status"], pair["excuse_code"]):
            raise Wrong(f"Clever says {pair['status']}, Schoology {shown}, of enrollment {pair['enrollment']}")
    checked(f"{len(pairs):,} marks of sections, compared one by one on both sides: all the same")
    return len(daemon.cycles()), pairs


def unmatched(daemon):
    heading(3, "What could not be matched, and why")
    say("$ attendance-sync unmatched")
    rows = json.loads(daemon.command("unmatched", "--json"))["unmatched"]
    if not rows:
        raise Wrong("a realistic district has someone unmatched")
    waiting = sorted((r for r in rows if r["records"]), key=lambda r: -r["records"])
    other = [r for r in rows if not r["records"]]
    shown = []
    for kind, group in (("waits", waiting), ("", other)):
        shown += [(r["kind"], r["side"], r["records"] or "", r["reason"]) for r in group[: 5 if kind else 3]]
    # Cut where a terminal would fold the line.
    table(("kind", "on", "waiting", "why"), [(*cells[:3], cut(cells[3])) for cells in shown])
    if len(rows) > len(shown):
        say(f"… and {len(rows) - len(shown)} more")
    say("Nobody is matched by guess: what is missing or double is shown, waits, and holds nothing else up.")


def cut(text, width=78):
    return text if len(text) <= width else text[: width - 1] + "…"


def correction(sandbox, daemon, pairs):
    heading(4, "A correction in Clever, a moment later")
    today = sandbox.district["today"]
    pair = next(p for p in pairs if p["date"] == today and expected(p["status"], p["excuse_code"]) == "absent")
    place = (pair["enrollment"], today)
    before = schoology_marks(sandbox).get(place, "present")
    seen = len(daemon.cycles())
    say(f"Student {pair['student']} was not absent, only late. The office mends it.")
    started = time.monotonic()
    sandbox.ask("clever/record", {
        "student": pair["student"], "section": pair["section"], "date": today, "status": "tardy", "sync": True})
    while (now := schoology_marks(sandbox).get(place, "present")) != "late":
        if time.monotonic() - started > PATIENCE:
            raise Wrong(f"Schoology still says {now}")
        time.sleep(0.1)
    took = time.monotonic() - started
    clever = next(
        (r["status"] for r in sandbox.ask(f"marks?date={today}")["clever"]
         if r["student"] == pair["student"] and r["section"] == pair["section"]), "present")
    cycle = daemon.wait_for_cycle(seen, lambda cycle: int(cycle["puts"]) > 0)
    sent, puts = numbers(cycle, "sent", "puts")
    table(("", "Clever", "Schoology"), [("before", pair["status"], before), ("after", clever, now)])
    if (pair["status"], before, clever, now, sent, puts) != ("absent", "absent", "tardy", "late", 1, 1):
        raise Wrong("the correction should have been one mark in one request")
    checked(f"arrived after {took:.1f} s (Clever is asked every {POLL} s here): one mark, one request")


def people(sandbox):
    """Two students of different sections whom both sides call present today."""
    found = sandbox.ask("sample?status=present&limit=400")["records"]
    first = found[0]
    second = next(p for p in found if p["section"] != first["section"] and p["student"] != first["student"])
    for pair in (first, second):
        if sandbox.sides(pair) != ("present", "present"):
            raise Wrong(f"{sandbox.sides(pair)} of somebody who should be present")
    return first, second


def puts(requests):
    return [r for r in requests if r["method"] == "PUT"]


def read_file(sandbox):
    """`attendance.csv` as it lies on the SFTP server."""
    try:
        with open(sandbox.file, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def ingest(sandbox):
    report = sandbox.ask("clever/ingest", {})
    if report["outcome"] != "ingested" or report["rejected"]:
        raise Wrong(f"Clever did not take attendance.csv: {report}")
    return report


def way_back(sandbox, daemon, pair):
    heading(5, "A teacher changes a mark in Schoology: it goes back to Clever")
    before = sandbox.sides(pair)
    seen = len(daemon.cycles())
    known = len(sandbox.requests())
    received = len(daemon.events("trigger.received"))
    say(f"Student {pair['student_sis_id']} came too late. The teacher marks it, and Schoology sends a trigger.")
    started = time.monotonic()
    sandbox.ask("schoology/mark", {"enrollment": pair["enrollment"], "status": 3, "comment": "bus was late"})
    daemon.wait_for("trigger.received", received)
    place = f"/v1/sections/{pair['schoology_section']}/attendance"
    while not (reads := [r for r in sandbox.requests(known) if place in r["target"]]):
        if time.monotonic() - started > PATIENCE:
            raise Wrong("the section was not read")
        time.sleep(0.05)
    row("section read", f"{time.monotonic() - started:.1f} s later, because of the trigger")
    daemon.wait_for("csv.uploaded")
    text = read_file(sandbox)
    row("attendance.csv uploaded", f"over SFTP, to {sandbox.sftp['url']}")
    quoted(text or "")
    lines = (text or "").splitlines()
    if len(lines) != 2 or not lines[1].startswith(f"{pair['student_sis_id']},"):
        raise Wrong("attendance.csv should have one row, for that student")
    report = ingest(sandbox)
    row("Clever takes it in", f"{report['taken']} row taken, {len(report['rejected'])} rejected")
    daemon.wait_for_cycle(seen, lambda cycle: int(cycle["rows_confirmed"]) == 1)
    made = sandbox.requests(known)
    after = sandbox.sides(pair)
    table(("", "Clever", "Schoology"), [("before", *before), ("after", *after)])
    if after != ("tardy", "late"):
        raise Wrong(f"it should be late on both sides, and is {after}")
    if puts(made):
        raise Wrong("the echo of the daemon's own row was written to Schoology")
    if daemon.events("cycle.finished")[-1]["unconfirmed_rows"] != "0":
        raise Wrong("a row is unconfirmed still")
    checked(f"{len(reads)} read of the section, one row; Clever's echo was recognised, and nothing was written for it")


def no_way_back(sandbox):
    heading(5, "The way back to Clever is left out here")
    say("What teachers change goes back as attendance.csv, over SFTP. For that the demonstration needs a")
    say("server of its own, which it doesn't have:")
    say(f"  {sandbox.sftp_missing}")
    say("So this district is configured with direction = \"to_schoology\": what a teacher changes is left alone.")


def conflict(sandbox, daemon, pair):
    heading(6, "Both sides change the same mark: a person decides")
    daemon.stop()
    say("The daemon is stopped for a moment. Meanwhile the office calls the student absent, and the teacher late.")
    sandbox.ask("clever/record", {
        "student": pair["student"], "section": pair["section"], "status": "absent", "sync": True})
    sandbox.ask("schoology/mark", {"enrollment": pair["enrollment"], "status": 3})
    known = len(sandbox.requests())
    daemon.show("once")
    if sandbox.sides(pair) != ("absent", "late") or puts(sandbox.requests(known)):
        raise Wrong("a held conflict must leave both sides as they are")
    found = json.loads(daemon.command("conflicts", "list", "--json"))["conflicts"]
    if len(found) != 1 or (found[0]["clever"], found[0]["schoology"]) != ("absent", "late"):
        raise Wrong(f"one open conflict was expected: {found}")
    checked("neither side was touched: conflicts.policy is \"hold\" here (\"clever\" by default)")
    number = str(found[0]["id"])
    say("$ attendance-sync conflicts list")
    table(("id", "date", "base", "clever", "schoology", "outcome"),
          [tuple(c[k] for k in ("id", "date", "base", "clever", "schoology", "outcome")) for c in found])
    daemon.show("conflicts", "show", number)
    take, wanted = ("excused", ("absent (E)", "excused")) if sandbox.sftp else ("clever", ("absent", "absent"))
    daemon.show("conflicts", "resolve", number, "--take", take, "--by", "office",
                "--reason", "at the dentist until noon" if sandbox.sftp else "the parents called")
    known = len(sandbox.requests())
    say()
    daemon.show("once", *(["--upload"] if sandbox.sftp else []))
    if len(puts(sandbox.requests(known))) != 1:
        raise Wrong("one write to Schoology was expected")
    if sandbox.sftp:
        quoted(read_file(sandbox) or "")
        report = ingest(sandbox)
        row("Clever takes it in", f"{report['taken']} row taken, {len(report['rejected'])} rejected")
    after = sandbox.sides(pair)
    table(("", "Clever", "Schoology"), [("before", "absent", "late"), ("after", *after)])
    if after != wanted:
        raise Wrong(f"the decision did not arrive: {after}")
    closed = json.loads(daemon.command("conflicts", "show", number, "--json"))["conflict"]
    if (closed["state"], closed["resolved_by"]) != ("decided", "operator:office"):
        raise Wrong(f"the conflict should be decided: {closed}")
    checked("the decision has arrived; who decided, and why, is kept: attendance-sync conflicts list --all")


def quiet_cycle(sandbox, daemon):
    heading(7, "Cycles that find nothing to do")
    if sandbox.sftp:
        say("First the one that sees Clever show the last row:")
        known = len(sandbox.requests())
        daemon.show("once")
        if puts(sandbox.requests(known)):
            raise Wrong("the echo was written to Schoology")
        say()
    file = read_file(sandbox)
    known = len(sandbox.requests())
    daemon.show("once", *(["--upload"] if sandbox.sftp else []))
    made = sandbox.requests(known)
    clever = [(r["method"], r["target"]) for r in made if r["side"] == "clever"]
    if clever != [("GET", "/v3.1/districts")]:
        raise Wrong(f"Clever saw other requests: {clever}")
    if any(r["method"] != "GET" for r in made) or read_file(sandbox) != file:
        raise Wrong("something was written")
    different = []
    for key in sandbox.ask("compare")["keys"]:
        record, shown = key["clever"], SCHOOLOGY[key["schoology"]["status"] if key["schoology"] else 1]
        if not key["daily"] and shown != (expected(record["status"], record["excuse_code"]) if record else "present"):
            different.append(key)
    if different:
        raise Wrong(f"both sides should say the same: {different[:3]}")
    checked("one request to Clever, nothing written anywhere; all of today's marks of sections are the same on both sides")


def status(daemon):
    heading(8, "What an operator sees")
    daemon.show("status")


def main(bin_dir, keep, no_sftp):
    folder = tempfile.mkdtemp(prefix="attendance-demo-")
    sandbox = daemon = None
    done = False
    try:
        sandbox = Sandbox(bin_dir, folder, keep, no_sftp)
        the_sides(sandbox)
        daemon = Daemon(bin_dir, sandbox, folder, keep)
        _, pairs = first_cycle(sandbox, daemon)
        unmatched(daemon)
        correction(sandbox, daemon, pairs)
        teachers, disputed = people(sandbox)
        if sandbox.sftp:
            way_back(sandbox, daemon, teachers)
        else:
            no_way_back(sandbox)
        conflict(sandbox, daemon, disputed)
        quiet_cycle(sandbox, daemon)
        status(daemon)
        if keep:
            heading(9, "Left running")
            daemon.start()
            options = f"--config {sandbox.configuration}"
            row("try", f"{daemon.program} status {options}")
            row("", f"{daemon.program} unmatched {options}")
            row("", f"{daemon.program} conflicts list --all {options}")
            row("the daemon's log", f"tail -f {daemon.log}")
            row("change something", "docs/SANDBOX.md has the requests; they go to")
            row("", f"{sandbox.control}/_sandbox/…")
            row("stop it", f"kill {daemon.process.pid} {sandbox.process.pid}")
            row("", f"then: rm -r {folder}   (after an hour the sandbox stops by itself, the daemon does not)")
        else:
            heading(9, "Stopped")
            sandbox.stop()
            sandbox = None
            checked("the daemon had ended with exit code 0 after SIGTERM; now the sandbox has ended too")
            say("Next: scripts/demo --keep leaves all of it running, to look around in;")
            say("      README.md, \"Install\", takes it to a real district.")
        done = True
    except Wrong as wrong:
        print(f"\ndemo: FAILED: {wrong}", file=sys.stderr)
        if daemon and daemon.process:
            print("the last lines of the daemon's log:", file=sys.stderr)
            with open(daemon.log, encoding="utf-8", errors="replace") as log:
                sys.stderr.writelines(log.readlines()[-15:])
    finally:
        if not (keep and done):
            if daemon and daemon.is_running:
                daemon.process.terminate()
                daemon.process.wait(40)
            if sandbox and sandbox.process.poll() is None:
                sandbox.stop()
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if done else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        code = main(sys.argv[1], "--keep" in sys.argv[2:], "--no-sftp" in sys.argv[2:])
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 141
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
