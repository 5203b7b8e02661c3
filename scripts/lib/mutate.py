"""Tests the tests. Started by scripts/mutate, which says how.

All faults of Tests/Mutations/*.toml are compiled into one build of a copy of the tree, each as a choice that is made
at run time: `(mutant(101) ? (the fault) : (the original))`. The environment variable MUTANT names the one that is
active. So a fault costs a run of the tests and not a build.

An entry of the list:

    [[mutant]]
    id = 101                          # of its own, for good
    file = "Sources/…/Merge.swift"
    fault = "one plain line"
    original = '''a «part» of it'''   # exactly once in the file; «» mark what changes, all of it where they are missing
    mutated = '''other'''             # what takes the place of that part
    as = "expression"                 # the default. "statement": the part is whole statements that declare nothing;
                                      # "text": it is inside a string literal, such as SQL;
                                      # "code": `mutated` is Swift in which MUTANT stands for the question
    equivalent = "why"                # of a fault that no test can see
"""

import argparse
import fcntl
import json
import os
import queue
import re
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "Tests" / "Mutations"
SCRATCH = ROOT / ".build-mutants"
TREE = SCRATCH / "tree"
BUILD = SCRATCH / "build"
HEALTHY = SCRATCH / "healthy.json"
REPORT = ROOT / "docs" / "MUTATIONS.md"
REQUIRED = 95
# A run that says nothing for this many times the longest silence of a healthy one is taken to hang.
PATIENCE = 6
SHORTEST_PATIENCE = 60

HELPER = """\
// Written by scripts/mutate into its copy of the tree.
@_silgen_name("getenv") private func readEnvironment(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>?

private let activeMutant: Int = {
    guard let text = readEnvironment("MUTANT") else { return 0 }
    return Int(String(cString: text)) ?? 0
}()

@inline(never) func mutant(_ number: Int) -> Bool { number == activeMutant }
"""


class Wrong(Exception):
    """The list, the build or a healthy run is not what it has to be."""


# The list


@dataclass
class Mutant:
    id: int
    file: str
    fault: str
    original: str
    mutated: str
    form: str = "expression"
    equivalent: str | None = None
    start: int = 0
    end: int = 0
    line: int = 0

    @property
    def room(self):
        """Its target, and the folder or file within."""
        parts = Path(self.file).parts
        return "/".join(parts[1:3]).removesuffix(".swift")


def read_list():
    mutants = []
    for path in sorted(LISTS.glob("*.toml")):
        if path.name == "stages.toml":
            continue
        for entry in tomllib.loads(path.read_text()).get("mutant", []):
            form = entry.pop("as", "expression")
            try:
                mutant = Mutant(form=form, **entry)
            except TypeError as error:
                raise Wrong(f"{path.name}: {entry.get('id')}: {error}") from None
            if form not in ("expression", "statement", "text", "code"):
                raise Wrong(f"{path.name}: {mutant.id}: unknown form {form}")
            if form == "code" and "MUTANT" not in mutant.mutated:
                raise Wrong(f"{path.name}: {mutant.id}: code without MUTANT")
            mutants.append(mutant)
    twice = [id for id, count in Counter(mutant.id for mutant in mutants).items() if count > 1]
    if twice:
        raise Wrong(f"given twice: {', '.join(map(str, twice))}")
    problems = [problem for mutant in mutants if (problem := locate(mutant))]
    if problems:
        raise Wrong("the list is out of date:\n  " + "\n  ".join(problems))
    return sorted(mutants, key=lambda mutant: mutant.id)


def locate(mutant):
    """Finds the part that changes. Returns what is wrong, if something is."""
    path = ROOT / mutant.file
    if not path.is_file():
        return f"{mutant.id}: there is no {mutant.file}"
    source = path.read_text()
    marked = mutant.original
    if marked.count("«") != marked.count("»") or marked.count("«") > 1:
        return f"{mutant.id}: one «part» at most"
    whole = marked.replace("«", "").replace("»", "")
    found = source.count(whole)
    if found != 1:
        return f"{mutant.id}: its original occurs {found} times in {mutant.file}: {whole.strip()[:80]}"
    before = marked.find("«")
    mutant.start = source.index(whole) + max(before, 0)
    mutant.end = mutant.start + (marked.find("»") - before - 1 if before >= 0 else len(whole))
    mutant.line = source.count("\n", 0, mutant.start) + 1
    if source[mutant.start : mutant.end] == mutant.mutated:
        return f"{mutant.id}: changes nothing"
    return None


# The copy


def planted(source, mutants, path):
    """The source with every fault in it. Faults may be within each other's part, or have the same one."""

    def render(start, end, inside):
        text, at = "", start
        inside = sorted(inside, key=lambda mutant: (mutant.start, -mutant.end))
        while inside:
            first = inside.pop(0)
            same = [other for other in inside if (other.start, other.end) == (first.start, first.end)]
            nested = [other for other in inside if other not in same and other.start < first.end]
            for other in nested:
                if other.end > first.end:
                    raise Wrong(f"{path}: {first.id} and {other.id} overlap")
            inside = [other for other in inside if other not in same and other not in nested]
            text += source[at : first.start]
            part = render(first.start, first.end, nested)
            for mutant in [first, *same]:
                part = choice(mutant, part)
            text += part
            at = first.end
        return text + source[at:end]

    return render(0, len(source), mutants)


def choice(mutant, original):
    active = f"mutant({mutant.id})"
    match mutant.form:
        case "expression":
            return f"({active} ? ({mutant.mutated}) : ({original}))"
        case "statement":
            return f"if {active} {{ {mutant.mutated} }} else {{ {original} }}"
        case "text":
            def literal(text):
                return '"' + " ".join(text.split("\n")).replace('"', '\\"') + '"'

            return f"\\({active} ? {literal(mutant.mutated)} : {literal(original)})"
        case "code":
            return mutant.mutated.replace("MUTANT", active)


def plant(mutants):
    """Brings the copy up to date. Only files that change are written, so that builds stay incremental."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
        capture_output=True, text=True).stdout.split("\0")
    files = {name: (ROOT / name).read_bytes() for name in listed if name and (ROOT / name).is_file()}
    if (ROOT / "Package.resolved").is_file():
        files["Package.resolved"] = (ROOT / "Package.resolved").read_bytes()
    by_file = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    for name, faults in by_file.items():
        files[name] = planted(files[name].decode(), faults, name).encode()
        folder = "/".join(Path(name).parts[:2])
        files[f"{folder}/Mutant.swift"] = HELPER.encode()
    for path in [path for path in TREE.rglob("*") if path.is_file() or path.is_symlink()]:
        name = str(path.relative_to(TREE))
        if name not in files and name != "Package.resolved" and not name.startswith(".build"):
            path.unlink()
    for name, data in files.items():
        path = TREE / name
        if path.is_file() and path.read_bytes() == data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod((ROOT / name).stat().st_mode if (ROOT / name).is_file() else 0o644)


def build():
    log = SCRATCH / "build.log"
    # Warnings of the planted code say nothing.
    environment = {name: value for name, value in os.environ.items() if name != "ATTENDANCE_SYNC_STRICT"}
    with log.open("w") as output:
        code = subprocess.run(
            # Optimised, as the tests run a hundred times as often as they are built; debug, as they look inside.
            ["swift", "build", "--build-tests", "-Xswiftc", "-O", "--package-path", TREE, "--scratch-path", BUILD],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment).returncode
    if code != 0:
        errors = list(dict.fromkeys(line for line in log.read_text().splitlines() if re.search(r":\d+: error:", line)))
        raise Wrong("the build of the copy failed:\n  " + "\n  ".join(errors[:20]) + f"\n  see {log}")
    folder = BUILD / "debug"
    bundles = list(folder.glob("*.xctest"))
    if len(bundles) != 1:
        raise Wrong(f"{len(bundles)} test bundles in {folder}")
    return folder, bundles[0]


# Running


@dataclass
class Stage:
    name: str
    tests: list = field(default_factory=list)
    command: list = field(default_factory=list)
    needs: str | None = None
    sees: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    first: dict = field(default_factory=dict)
    # Of the healthy run.
    count: int = 0
    seconds: float = 0
    silence: float = 0

    def likely(self, mutant):
        """The suites to try before all: a pattern, or None."""
        suites = next((suites for start, suites in self.first.items() if start in mutant.file), None)
        return rf"({'|'.join(suites)})/" if suites else None

    def arguments(self, programs, bundle, pattern=""):
        if self.tests:
            # A test's id is `Target.Suite/name(labels:)`.
            pattern = rf"^({'|'.join(self.tests)})\.{pattern}"
            return [str(bundle), "--testing-library", "swift-testing", "--filter", pattern]
        program = programs / self.command[0]
        return [str(program) if program.exists() else self.command[0], *self.command[1:]]


def read_stages():
    stages = [Stage(**entry) for entry in tomllib.loads((LISTS / "stages.toml").read_text())["stage"]]
    return [stage for stage in stages if not stage.needs or (ROOT / stage.needs).exists()]


FAILED = re.compile(r"Test (\w+)\(.*\) (?:recorded an issue|with \d+ test cases? failed|failed after)")
RAN = re.compile(r"Test run with (\d+) tests?.* passed")
SEED = re.compile(r"seed\D{0,3}(\d+)", re.IGNORECASE)

running = set()
running_lock = threading.Lock()


def end(process):
    """Ends a run and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


@dataclass
class Run:
    """What became of one process: `failure` is None where everything passed."""

    failure: str | None = None
    test: str | None = None
    output: list = field(default_factory=list)
    seconds: float = 0
    silence: float = 0
    count: int = 0


def run(arguments, mutant, stage, patience, limit, to_the_end=False):
    """Runs one stage and ends it at the first test that fails."""
    environment = dict(os.environ, MUTANT=str(mutant), NO_COLOR="1", **stage.environment)
    result = Run()
    began = last = time.monotonic()
    process = subprocess.Popen(
        arguments, cwd=TREE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    with running_lock:
        running.add(process)
    try:
        os.set_blocking(process.stdout.fileno(), False)
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        rest = b""
        while True:
            ready = selector.select(timeout=1)
            now = time.monotonic()
            if not ready:
                if now - last > patience or now - began > limit:
                    result.failure = "timeout"
                    break
                continue
            data = process.stdout.read()
            if data == b"":
                break
            result.silence = max(result.silence, now - last)
            last = now
            *lines, rest = (rest + (data or b"")).split(b"\n")
            lines = [line.decode(errors="replace") for line in lines]
            result.output += lines
            for line in lines:
                failed = FAILED.search(line)
                if failed and stage.tests:
                    result.failure = result.failure or "test"
                    result.test = result.test or failed[1]
                if ran := RAN.search(line):
                    result.count = int(ran[1])
            if result.test and not to_the_end:
                break
    finally:
        end(process)
        process.stdout.close()
        code = process.wait()
        with running_lock:
            running.discard(process)
    result.seconds = time.monotonic() - began
    if result.failure:
        return result
    if stage.command and code != 0:
        seeds = [found[1] for line in result.output if (found := SEED.search(line))]
        result.failure, result.test = "test", f"seed {seeds[-1]}" if seeds else f"exit status {code}"
    elif code < 0 or (code != 0 and result.count == 0):
        result.failure = "crash"
    elif code != 0:
        result.failure, result.test = "test", f"exit status {code}"
    return result


@dataclass
class Verdict:
    mutant: Mutant
    stage: str | None = None
    by: str | None = None
    seconds: float = 0

    @property
    def text(self):
        return f"{self.stage}: {self.by}" if self.stage else "survived"


class Trial:
    """Puts mutants to the tests."""

    def __init__(self, stages, programs, bundle, remembered, quick):
        self.stages, self.programs, self.bundle, self.remembered = stages, programs, bundle, remembered
        self.quick = quick

    def healthy(self):
        """Without a fault everything passes. Of one build that is seen once."""
        build = str(self.bundle.stat().st_mtime_ns)
        known = json.loads(HEALTHY.read_text()) if HEALTHY.is_file() else {}
        if known.get("build") != build:
            known = {"build": build}
        for stage in self.stages:
            if stage.name in known:
                stage.count, stage.seconds, stage.silence = known[stage.name]
                print(f"   {stage.name:<10} {stage.count:>4} tests, as before")
                continue
            result = run(stage.arguments(self.programs, self.bundle), 0, stage, 600, 3600, to_the_end=True)
            if result.failure or (stage.tests and result.count == 0):
                log = SCRATCH / "healthy.log"
                log.write_text("\n".join(result.output))
                raise Wrong(
                    f"stage {stage.name} fails without a fault ({result.failure or 'no tests'}"
                    f"{': ' + result.test if result.test else ''}), see {log}")
            stage.count, stage.seconds, stage.silence = result.count, result.seconds, result.silence
            known[stage.name] = [stage.count, stage.seconds, stage.silence]
            HEALTHY.write_text(json.dumps(known))
            print(f"   {stage.name:<10} {stage.count:>4} tests, {stage.seconds:5.1f} s", flush=True)

    def run(self, mutant, stage, pattern=""):
        return run(
            stage.arguments(self.programs, self.bundle, pattern), mutant.id, stage,
            max(SHORTEST_PATIENCE, PATIENCE * stage.silence), max(SHORTEST_PATIENCE, PATIENCE * stage.seconds))

    def is_caught_by(self, mutant, stage, test):
        """Whether this one test, alone, fails with the fault."""
        return self.run(mutant, stage, rf"(.*/)?{re.escape(test)}\(").failure is not None

    def verdict(self, mutant):
        began = time.monotonic()
        stage_name, test = self.find(mutant)
        return Verdict(mutant, stage_name, test, time.monotonic() - began)

    def find(self, mutant):
        target = Path(mutant.file).parts[1]
        stages = [stage for stage in self.stages if not stage.sees or target in stage.sees]
        known = self.remembered.get(mutant.id)
        if known:
            for stage in stages:
                if stage.name == known[0] and stage.tests and self.is_caught_by(mutant, stage, known[1]):
                    return known
        for stage in stages:
            likely = stage.likely(mutant)
            patterns = [""] if likely is None else [likely] if self.quick else [likely, ""]
            for pattern in patterns:
                if test := self.caught_by(mutant, stage, pattern):
                    return stage.name, test
        return None, None

    def caught_by(self, mutant, stage, pattern):
        # A failure counts when the test that failed does so again by itself, and a hang when there is one again: what
        # merely was slow doesn't.
        hung = False
        for _ in range(3):
            result = self.run(mutant, stage, pattern)
            if not result.failure:
                return None
            if result.failure == "crash" or (result.failure == "timeout" and hung):
                return result.failure
            if result.failure == "timeout":
                hung = True
                continue
            if stage.command or self.is_caught_by(mutant, stage, result.test):
                return result.test
        return None


# What is shown and written


def remembered():
    """The test that caught each mutant when the report was written."""
    if not REPORT.is_file():
        return {}
    row = re.compile(r"^\| (\d+) \|.*\| (\w+): `([^`(]+)` \|$", re.MULTILINE)
    rows = [(int(found[1]), found[2], found[3]) for found in row.finditer(REPORT.read_text())]
    return {id: (stage, test) for id, stage, test in rows if test not in ("timeout", "crash")}


def write_report(verdicts, stages):
    caught = [verdict for verdict in verdicts if verdict.stage]
    survivors = [verdict for verdict in verdicts if not verdict.stage]
    rooms = {}
    for verdict in verdicts:
        rooms.setdefault(verdict.mutant.room, []).append(verdict)

    def cell(text):
        return text.replace("|", "\\|")

    lines = [
        "# Mutations", "",
        "Written by `scripts/mutate`, which plants the faults of `Tests/Mutations` one at a time and runs the tests until",
        "one fails. A failure counts when that test fails again by itself. Don't edit.", "",
        f"**{len(caught)} of {len(verdicts)} caught ({share(verdicts):.1f} %)**"
        + (f"; {len(survivors)} survive, as explained below." if survivors else "."), "",
        "| caught by | faults |", "|---|---|",
    ]
    for stage in stages:
        count = sum(verdict.stage == stage.name for verdict in verdicts)
        what = " ".join(stage.tests) if stage.tests else "`" + " ".join(stage.command) + "`"
        lines.append(f"| {stage.name} ({what}) | {count} |")
    lines += ["", "| where | faults | caught |", "|---|---|---|"]
    for room in sorted(rooms):
        lines.append(f"| {room} | {len(rooms[room])} | {sum(bool(verdict.stage) for verdict in rooms[room])} |")
    if survivors:
        lines += ["", "## Survivors", "", "| id | fault | why no test can see it |", "|---|---|---|"]
        for verdict in survivors:
            mutant = verdict.mutant
            lines.append(f"| {mutant.id} | {cell(mutant.fault)} | {cell(mutant.equivalent or 'NOT EXPLAINED')} |")
    lines += ["", "## All", "", "| id | where | fault | caught by |", "|---|---|---|---|"]
    for verdict in verdicts:
        mutant = verdict.mutant
        by = f"{verdict.stage}: `{verdict.by}`" if verdict.stage else "survives"
        lines.append(f"| {mutant.id} | {Path(mutant.file).name} | {cell(mutant.fault)} | {by} |")
    REPORT.write_text("\n".join(lines) + "\n")


def share(verdicts):
    return 100 * sum(bool(verdict.stage) for verdict in verdicts) / len(verdicts)


def judge(verdicts):
    """Says what is wrong with the outcome, if something is."""
    problems = []
    for verdict in verdicts:
        mutant = verdict.mutant
        if verdict.stage and mutant.equivalent:
            problems.append(f"{mutant.id} is called equivalent, and {verdict.by} catches it")
        if not verdict.stage and not mutant.equivalent:
            problems.append(f"{mutant.id} survives ({mutant.file}:{mutant.line}): {mutant.fault}")
    if share(verdicts) < REQUIRED:
        problems.append(f"{share(verdicts):.1f} % caught, and {REQUIRED} % are asked for")
    return problems


def main():
    parser = argparse.ArgumentParser(prog="scripts/mutate")
    parser.add_argument("--only", nargs="+", type=int, metavar="ID")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2)
    parser.add_argument("--afresh", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--build", action="store_true")
    options = parser.parse_args()

    mutants = read_list()
    chosen = [mutant for mutant in mutants if not options.only or mutant.id in options.only]
    if missing := set(options.only or []) - {mutant.id for mutant in chosen}:
        raise Wrong(f"not in the list: {', '.join(map(str, sorted(missing)))}")
    if options.list:
        for mutant in chosen:
            print(f"{mutant.id:>4}  {mutant.file}:{mutant.line}  {mutant.fault}")
        print(f"{len(chosen)} faults")
        return 0

    SCRATCH.mkdir(exist_ok=True)
    lock = (SCRATCH / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Wrong("another one is running") from None
    TREE.mkdir(exist_ok=True)
    plant(mutants)
    began = time.monotonic()
    print(f"Building a copy with {len(mutants)} faults, none of them active; the first time this takes some minutes.")
    programs, bundle = build()
    print(f"Built in {time.monotonic() - began:.0f} s.")
    if options.build:
        return 0
    stages = read_stages()
    trial = Trial(stages, programs, bundle, {} if options.afresh else remembered(), options.quick)
    print("Without a fault:")
    trial.healthy()

    began = time.monotonic()
    print(f"Trying {len(chosen)} faults:")
    verdicts, done = [], queue.SimpleQueue()
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant in chosen:
            pool.submit(lambda mutant: done.put(attempt(trial, mutant)), mutant)
        for number in range(len(chosen)):
            verdict = done.get()
            if isinstance(verdict, BaseException):
                raise verdict
            verdicts.append(verdict)
            print(
                f"{number + 1:>4}/{len(chosen)}  {verdict.mutant.id:>4}  {verdict.mutant.fault[:70]:<70}  "
                f"{verdict.text}  {verdict.seconds:.0f} s", flush=True)
    verdicts.sort(key=lambda verdict: verdict.mutant.id)
    caught = sum(bool(verdict.stage) for verdict in verdicts)
    print(f"{caught} of {len(verdicts)} caught ({share(verdicts):.1f} %) in {time.monotonic() - began:.0f} s")
    if not options.only and not options.quick:
        write_report(verdicts, stages)
        print(f"written: {REPORT.relative_to(ROOT)}")
    problems = judge(verdicts)
    for problem in problems:
        print(f"mutate: {problem}", file=sys.stderr)
    return 1 if problems else 0


def attempt(trial, mutant):
    try:
        return trial.verdict(mutant)
    except BaseException as error:  # for the main thread to raise
        return error


def stop(*_):
    with running_lock:
        for process in running:
            end(process)
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    try:
        sys.exit(main())
    except Wrong as error:
        print(f"mutate: {error}", file=sys.stderr)
        sys.exit(2)
