"""What the benchmarks share: how a process is measured, and how tables are printed."""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time


class Run:
    """One process: CPU (user and system, start included), wall time, peak resident memory."""

    def __init__(self, command, codes=(0,)):
        with tempfile.TemporaryFile() as errors:
            started = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
            self.output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            log = errors.read()
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        if process.returncode not in codes:
            raise SystemExit(f"{command[:3]} exits {process.returncode}:\n{log.decode()[-2000:]}")

    @property
    def document(self):
        return json.loads(self.output)["districts"][0]


class Daemon:
    """`run`, of all districts of a configuration or of one of them, and what it logs."""

    def __init__(self, programs, configuration, district=None):
        self.log = f"{configuration}.{district or 'all'}.log"
        self.started = time.time()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [f"{programs}/attendance-sync", "run", "--config", configuration,
                 *(["--district", district] if district else [])], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._read = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)

    def follow(self):
        """Takes in what was logged since the last look: the words of each line by their names."""
        with open(self.log, "rb") as log:
            log.seek(self._read)
            text = log.read()
        end = text.rfind(b"\n") + 1
        self._read += end
        self.events += [dict(WORD.findall(line)) for line in text[:end].decode().splitlines()]
        if self.process.poll() is not None:
            raise SystemExit(f"the daemon ends: {self.log}\n{text[-2000:].decode()}")

    def wait(self, is_over, what, limit=120):
        """Until `is_over` of what was logged."""
        deadline = time.monotonic() + limit
        self.follow()
        while not is_over(self.events):
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {limit} s: {what}: {self.log}")
            time.sleep(0.02)
            self.follow()

    def count(self, event):
        return sum(e["event"] == event for e in self.events)

    def cycles(self):
        """How many have ended by now."""
        self.follow()
        return self.count("cycle.finished")

    def cpu(self):
        return cpu_of(self.process.pid)


# Of logfmt; a value with a space in it is none that is looked at here.
WORD = re.compile(r"(\w+)=([^ ]*)")


def cpu_of(pid):
    """Seconds that a running process has taken so far, user and system, to the nanosecond."""
    # clock_getcpuclockid(3)
    return time.clock_gettime((~pid << 3) | 2)


def memory_of(pid, name="VmHWM"):
    """MB, by its name in /proc/PID/status: VmHWM is the most that was resident, VmRSS what is now."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name + ":"))


def proportional_memory_of(pid):
    """MB that are resident, of pages that several processes have an equal part for each (Pss in proc(5))."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as sizes:
        return next(int(line.split()[1]) / 1024 for line in sizes if line.startswith("Pss:"))


def show(title, header, rows):
    print(f"\n{title}\n")
    cells = [header, *[[str(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for index, row in enumerate(cells):
        print("| " + " | ".join(
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |")
        if index == 0:
            print("|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|")
    sys.stdout.flush()


def in_turn(what, pairs, runs):
    """Makes each run `pairs` times, in another order each time. Returns what each gave, by its name."""
    turns, found = list(runs.items()), {name: [] for name in runs}
    for number in range(pairs):
        note(f"{what}, {number + 1} of {pairs}")
        first = number % len(turns)
        for name, run in turns[first:] + turns[:first]:
            found[name].append(run())
    return found


def middle(runs, name):
    return statistics.median(getattr(run, name) for run in runs)


def ratio(runs, others):
    """Of their CPU: the median of the pairs of one turn."""
    return statistics.median(a.cpu / b.cpu for a, b in zip(runs, others))


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)
