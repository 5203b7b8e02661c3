"""The demonstration that scripts/demo starts. Everything it claims, it has asked the sandbox for.

Usage: demo.py DIRECTORY-OF-THE-PROGRAMS [--keep]
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
import urllib.request
from collections import Counter

SCHOOLOGY = {1: "present", 2: "absent", 3: "late", 4: "excused"}
# The status map that holds unless another is configured: what Clever says -> what Schoology must show.
EXCUSED_CODES = {"E", "MED"}
PATIENCE = 120


class Wrong(Exception):
    """Something that the demonstration claims did not happen."""


def expected(status, code):
    if status == "tardy":
        return "late"
    return "excused" if status == "absent" and code in EXCUSED_CODES else status


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


def tally(values):
    counts = Counter(values)
    return ", ".join(f"{counts[name]} {name}" for name in ("absent", "late", "tardy", "excused") if counts[name])


# The sandbox and the daemon


class Sandbox:
    def __init__(self, bin_dir, folder, keep):
        self.configuration = f"{folder}/attendance-sync.toml"
        command = [
            f"{bin_dir}/attendance-sandbox", "--json", "--students", "240", "--days", "4",
            # Schoology's own limit would make a first cycle of this size take minutes.
            "--schoology-credits", "150", "--poll-interval", "3s", "--for", "1h" if keep else "20m",
            "--drop-folder", f"{folder}/drop", "--write-config", self.configuration,
        ]
        if not keep:
            command.append("--until-stdin-closes")  # it stops with this script, however that ends
        self.process = subprocess.Popen(
            command, text=True, start_new_session=keep,
            stdin=subprocess.DEVNULL if keep else subprocess.PIPE, stdout=subprocess.PIPE)
        text = ""
        for line in self.process.stdout:
            text += line
            if line.startswith("}"):
                break
        if not text:
            raise Wrong("the sandbox did not start")
        about = json.loads(text)
        self.control = about["control_url"]
        self.district = about["district"]

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.control}/_sandbox/{path}", data, timeout=30) as answer:
            return json.load(answer)

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
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.program, "run", *self.options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=keep)

    def cycles(self):
        """The finished cycles, as the log tells of them."""
        found = []
        with open(self.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.endswith("\n") and " event=cycle.finished " in line:
                    found.append(dict(part.split("=", 1) for part in shlex.split(line) if "=" in part))
        return found

    def wait_for_cycle(self, after, until=lambda cycle: True):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Wrong(f"the daemon ended with exit code {self.process.returncode}")
            for cycle in self.cycles()[after:]:
                if until(cycle):
                    return cycle
            time.sleep(0.05)
        raise Wrong(f"no such cycle within {PATIENCE} s")

    def command(self, *words, codes=(0,)):
        result = subprocess.run(
            [self.program, *words, *self.options], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if result.returncode not in codes:
            raise Wrong(f"`attendance-sync {' '.join(words)}` exits {result.returncode}: {result.stderr.strip()}")
        return result.stdout

    def stop(self):
        self.process.terminate()
        return self.process.wait(40)


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
    cycle = daemon.wait_for_cycle(0, lambda cycle: cycle["outcome"] == "done" and int(cycle["records"]) > 0)
    pages, records, healed = numbers(cycle, "pages", "records", "healed")
    sent, puts, acknowledged, dead = numbers(cycle, "sent", "puts", "acknowledged", "dead")
    after = schoology_marks(sandbox)
    row("read from Clever", f"{count(records, 'record')} on {count(pages, 'page')}")
    row("sent to Schoology", f"{count(sent, 'mark')} in {count(puts, 'request')}")
    row("accepted / rejected", f"{acknowledged:,} / {dead:,}")
    row("Schoology now", tally(after.values()))
    row("took", f"{int(cycle['duration_ms']) / 1000:.1f} s, with what Schoology allows in 5 s raised from 15 to 150")
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
    checked(f"arrived after {took:.1f} s (Clever is asked every 3 s here): one mark, one request")


def quiet_cycle(sandbox, daemon):
    heading(5, "A cycle that finds nothing to do")
    seen = len(daemon.cycles())
    daemon.wait_for_cycle(seen)
    first = len(daemon.cycles())
    requests = sandbox.ask("requests")["requests"]
    cycle = daemon.wait_for_cycle(first)
    again = len(daemon.cycles())
    made = sandbox.ask(f"requests?after={len(requests)}")["requests"]
    row("requests to Clever", cycle["clever_requests"])
    row("requests to Schoology", cycle["schoology_requests"])
    row("marks sent", cycle["sent"])
    if [(r["method"], r["target"]) for r in made] != [("GET", "/v3.1/districts")] * (again - first):
        raise Wrong("the sandbox saw other requests: " + ", ".join(f"{r['method']} {r['target']}" for r in made))
    if numbers(cycle, "clever_requests", "schoology_requests", "sent") != [1, 0, 0]:
        raise Wrong("the daemon counts otherwise")
    checked(f"the sandbox saw one request: {made[0]['method']} {made[0]['target']}")


def status(daemon):
    heading(6, "What an operator sees")
    say("$ attendance-sync status")
    for line in daemon.command("status").splitlines():
        say(line)


def main(bin_dir, keep):
    folder = tempfile.mkdtemp(prefix="attendance-demo-")
    sandbox = daemon = None
    done = False
    try:
        sandbox = Sandbox(bin_dir, folder, keep)
        the_sides(sandbox)
        daemon = Daemon(bin_dir, sandbox, folder, keep)
        _, pairs = first_cycle(sandbox, daemon)
        unmatched(daemon)
        correction(sandbox, daemon, pairs)
        quiet_cycle(sandbox, daemon)
        status(daemon)
        if keep:
            heading(7, "Left running")
            options = f"--config {sandbox.configuration}"
            row("try", f"{daemon.program} status {options}")
            row("", f"{daemon.program} unmatched {options}")
            row("the daemon's log", f"tail -f {daemon.log}")
            row("change something in Clever", "docs/SANDBOX.md has the requests; they go to")
            row("", f"{sandbox.control}/_sandbox/…")
            row("stop it", f"kill {daemon.process.pid} {sandbox.process.pid}")
            row("", f"then: rm -r {folder}   (after an hour the sandbox stops by itself, the daemon does not)")
        else:
            heading(7, "Stopped")
            code = daemon.stop()
            if code != 0:
                raise Wrong(f"the daemon ended with exit code {code} after SIGTERM")
            daemon = None
            sandbox.stop()
            sandbox = None
            checked("the daemon ended with exit code 0 after SIGTERM, and the sandbox with it")
            say("Next: scripts/demo --keep leaves all of it running, to look around in;")
            say("      README.md, \"Install\", takes it to a real district.")
        done = True
    except Wrong as wrong:
        print(f"\ndemo: FAILED: {wrong}", file=sys.stderr)
        if daemon:
            print("the last lines of the daemon's log:", file=sys.stderr)
            with open(daemon.log, encoding="utf-8", errors="replace") as log:
                sys.stderr.writelines(log.readlines()[-15:])
    finally:
        if not (keep and done):
            for process in (daemon, sandbox):
                if process and process.process.poll() is None:
                    process.stop()
            shutil.rmtree(folder, ignore_errors=True)
    return 0 if done else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        code = main(sys.argv[1], "--keep" in sys.argv[2:])
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 141
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
