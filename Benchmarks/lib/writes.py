"""CPU of the PUT requests, beside a loop in C over libcurl's multi interface and a script with requests-oauthlib."""

import json
import os
import shutil
import sys

from measure import Run, in_turn, middle, note, ratio, show
from world import FrozenClever, copy_state, secondary_district, write_configuration

HERE = os.path.dirname(os.path.abspath(__file__))
C, PYTHON = "C, libcurl multi, PLAINTEXT", "Python, requests-oauthlib"


def writes(bench, pairs, students=10_000):
    """The marks of a district's day are decided and stored, and Clever has nothing new. Then they are sent, in turn."""
    folder = f"{bench.folder}/writes"
    os.makedirs(folder)
    note(f"making a district of {students:,} students")
    sandbox = secondary_district(bench.programs, folder, students)
    clever = FrozenClever(sandbox, folder)
    state, configuration, alone = f"{folder}/now", f"{folder}/bench.toml", f"{folder}/alone.toml"
    write_configuration(sandbox, configuration, clever.url, state)
    write_configuration(sandbox, alone, clever.url, state, schoology_url="http://127.0.0.1:9")
    schoology = sandbox.about["schoology"]
    who = [schoology["base_url"], schoology["consumer_key"], schoology["consumer_secret"]]
    try:
        note("matching the roster, deciding, and sending once to see what is sent")
        clever.set_district(last_sync=None)
        bench.once(configuration)
        clever.set_district(last_sync="2030-01-01T00:01:00.000Z")
        bench.once(alone, codes=(0, 1, 69, 75))
        shutil.copytree(state, f"{folder}/decided")
        bench.once(configuration)
        marks = sandbox.ask("marks")["schoology"]
        bodies = f"{folder}/puts.tsv"
        puts = write_bodies(marks, bodies)

        def ours():
            copy_state(f"{folder}/decided", state)
            for mark in marks:
                sandbox.ask("schoology/mark", {"enrollment": mark["enrollment"], "date": mark["date"]}, method="DELETE")
            before = sandbox.ask("counters")["schoology_writes"]
            run = bench.once(configuration)
            if sandbox.ask("counters")["schoology_writes"] - before != puts:
                raise SystemExit("attendance-sync did not send the same PUT requests")
            return run

        def theirs(command):
            run = Run(command)
            if int(run.output) != puts:
                raise SystemExit(f"{command[:2]}: {int(run.output)} of {puts} PUTs were answered well")
            return run

        found = in_turn("sending", pairs, {
            C: lambda: theirs([os.environ["PUT_PROGRAM"], *who, bodies]),
            "attendance-sync once": ours,
            PYTHON: lambda: theirs([sys.executable, f"{HERE}/python_put.py", *who, bodies]),
        })
    finally:
        clever.stop()
        sandbox.stop()
    counts = found["attendance-sync once"][-1].document["counts"]
    rows = [
        [name, f"{middle(runs, 'cpu'):.2f}", f"{1000 * middle(runs, 'cpu') / puts:.3f}",
         *(f"{ratio(runs, found[other]):.2f}" for other in (C, PYTHON))] for name, runs in found.items()]
    show(
        f"{puts} PUTs of {len(marks) / puts:.1f} marks each; attendance-sync makes {counts['schoology_requests']} requests, as it "
        f"reads each section before it writes it, and the others besides; median of {pairs}",
        ["", "CPU s", "ms a PUT", "CPU/C", "CPU/requests-oauthlib"], rows)


def write_bodies(marks, path):
    """The path and body of a PUT for each section's marks, as attendance-sync sends them. Returns how many."""
    sections = {}
    for mark in marks:
        sections.setdefault(mark["section"], []).append(mark)
    puts = 0
    with open(path, "w", encoding="utf-8") as file:
        for section, of_section in sorted(sections.items()):
            for first in range(0, len(of_section), 50):
                items = [
                    {"enrollment_id": str(mark["enrollment"]), "date": mark["date"], "status": str(mark["status"])}
                    for mark in of_section[first:first + 50]]
                body = json.dumps({"attendances": {"attendance": items}}, separators=(",", ":"))
                file.write(f"/v1/sections/{section}/attendance\t{body}\n")
                puts += 1
    return puts
