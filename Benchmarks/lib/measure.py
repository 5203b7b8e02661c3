"""What the benchmarks share: how a process is measured, and how tables are printed."""

import json
import os
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


def middle(runs, name):
    return statistics.median(getattr(run, name) for run in runs)


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)
