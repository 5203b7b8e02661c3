"""A host dies, and another takes over from Litestream's copy of the state. See scripts/test-hosts.

Usage: hosts.py DIRECTORY-OF-THE-PROGRAMS LITESTREAM
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from sandbox import SCHOOLOGY, ask, expected, start


class Wrong(Exception):
    pass


def check(holds, what, found=""):
    if not holds:
        raise Wrong(f"{what} {found}")
    print(f"  ok  {what}", flush=True)


class Sandbox:
    """Both sides, which outlive either host."""

    def __init__(self, programs, folder):
        self.configuration = f"{folder}/first/attendance-sync.toml"
        self.process, about = start(
            [f"{programs}/attendance-sandbox", "--json", "--until-stdin-closes", "--for", "10m", "--students", "240",
             "--elementary-percent", "0", "--days", "2", "--tidy", "--schoology-credits", "1000", "--ingest-every", "1",
             "--poll-interval", "1s", "--read-back-interval", "2s", "--upload-interval", "2s", "--policy", "hold",
             "--drop-folder", f"{folder}/drop", "--write-config", self.configuration], stdin=subprocess.PIPE)
        if not about:
            raise Wrong("the sandbox did not start")
        self.control = about["control_url"]

    def ask(self, path, body=None):
        return ask(self.control, path, body)

    def people(self, count):
        return self.ask(f"sample?status=present&limit={count}")["records"]

    def office(self, people, status):
        for person in people:
            self.ask("clever/record", {"student": person["student"], "section": person["section"], "status": status})
        self.ask("clever/sync", {})

    def teacher(self, people, status):
        for person in people:
            self.ask("schoology/mark", {"enrollment": person["enrollment"], "status": status})

    def differences(self):
        """Keys on which the two sides don't say the same: (student, section), what each says."""
        found = {}
        for key in self.ask("compare")["keys"]:
            clever, schoology = key["clever"], key["schoology"]
            says = expected(clever["status"], clever["excuse_code"]) if clever else "present"
            shows = SCHOOLOGY[schoology["status"]] if schoology else "present"
            if says != shows:
                found[key["student"], key["section"]] = (says, shows)
        return found


def eventually(what, holds, limit=60):
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            raise Wrong(f"not within {limit} s: {what}")
        time.sleep(0.2)
    print(f"  ok  {what}", flush=True)


def another_host(folder, name):
    """The first one's configuration and secrets, and an empty folder for the state."""
    os.makedirs(f"{folder}/{name}/state", mode=0o700)
    for file in os.listdir(f"{folder}/first"):
        if os.path.isfile(f"{folder}/first/{file}"):
            shutil.copy2(f"{folder}/first/{file}", f"{folder}/{name}/{file}")
    configuration = f"{folder}/{name}/attendance-sync.toml"
    with open(configuration, encoding="utf-8") as file:
        text = re.sub(r'state_directory = ".*"', f'state_directory = "{folder}/{name}/state"', file.read())
    with open(configuration, "w", encoding="utf-8") as file:
        file.write(text)
    return configuration


def play(programs, litestream, folder):
    program = f"{programs}/attendance-sync"
    sandbox = Sandbox(programs, folder)
    running = []
    try:
        state = f"{folder}/first/state"
        print("The first host, with Litestream beside the daemon")
        with open(f"{folder}/litestream.yml", "w", encoding="utf-8") as file:
            file.write(f"""
dbs:
  - path: {state}/sandbox.sqlite
    replica:
      path: {folder}/replica
      sync-interval: 1s
""")
        with open(f"{folder}/first.log", "w", encoding="utf-8") as log:
            daemon = subprocess.Popen([program, "run", "--config", sandbox.configuration], stderr=log)
        running.append(daemon)
        eventually("the daemon has made a state", lambda: os.path.exists(f"{state}/sandbox.sqlite"))
        with open(f"{folder}/litestream.log", "w", encoding="utf-8") as log:
            copier = subprocess.Popen(
                [litestream, "replicate", "-config", f"{folder}/litestream.yml"], stdout=log, stderr=log)
        running.append(copier)
        eventually("both sides are the same", lambda: not sandbox.differences())
        office, teacher, late = (lambda p: (p[:10], p[10:20], p[20:30]))(sandbox.people(30))
        sandbox.office(office, "absent")
        sandbox.teacher(teacher, 3)
        eventually("edits of both sides have come across", lambda: not sandbox.differences())
        time.sleep(3)
        sandbox.office(late[:5], "tardy")
        time.sleep(0.7)

        print("The host dies")
        for process in running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        running.clear()
        with open(f"{folder}/first.log", encoding="utf-8") as log:
            failures = [line for line in log if " level=error " in line]
        check(not failures, "nothing failed with Litestream beside it", failures[:1])
        sandbox.office(office[:3] + late[5:], "tardy")
        sandbox.teacher(teacher[:3], 2)

        print("The second host")
        configuration = another_host(folder, "second")
        copy = f"{folder}/second/copy.sqlite"
        subprocess.run(
            [litestream, "restore", "-o", copy, f"file://{folder}/replica"], check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        restored = subprocess.run(
            [program, "restore", copy, "--config", configuration], capture_output=True, text=True, check=False)
        print("".join(f"      {line}\n" for line in restored.stdout.splitlines()), end="")
        check(restored.returncode == 0, "restore takes it", restored.stderr)

        def once(configuration=configuration):
            run = subprocess.run(
                [program, "once", "--json", "--config", configuration], capture_output=True, text=True, check=False)
            if run.returncode not in (0, 1):
                raise Wrong(f"once exits {run.returncode}: {run.stderr}")
            return json.loads(run.stdout)["districts"][0]["counts"]

        once()
        # What goes back to Clever is read by it a second later, and seen by the poll after that.
        for _ in range(4):
            time.sleep(2.5)
            once()
        listed = json.loads(subprocess.run(
            [program, "conflicts", "list", "--json", "--config", configuration], capture_output=True, text=True,
            check=True).stdout)
        asked = {(c["clever_student_id"], c["clever_section_id"]) for c in listed["conflicts"]}
        left = sandbox.differences()
        check(set(left) <= asked, f"what still differs, {len(left)} marks, is an open conflict each", left)
        # The last edits before the host's end may have been brought across after the last copy.
        since = {(p["student"], p["section"]) for p in office[:3] + teacher[:3] + late[:5]}
        check(asked <= since, f"the {len(asked)} conflicts are of marks that were edited about then", asked - since)
        quiet = once()
        check(quiet["puts"] == 0 and quiet["rows_uploaded"] == 0, "one more cycle writes nothing")
        verified = subprocess.run(
            [program, "history", "--verify", "--config", configuration], capture_output=True, text=True, check=False)
        check(verified.returncode == 0, "the audit trail of the second host verifies")

        print("A third host takes the district over, with nothing running on the second")
        third = another_host(folder, "third")
        shutil.copy2(f"{folder}/second/state/sandbox.sqlite", f"{folder}/third/state/sandbox.sqlite")
        moved = once(third)
        check(moved["puts"] == 0 and moved["conflicts"] == 0, "the file is all it takes: nothing is written, nothing in doubt")
    finally:
        for process in running:
            process.kill()
        sandbox.process.stdin.close()
        sandbox.process.wait(60)


def main():
    folder = tempfile.mkdtemp(prefix="attendance-litestream-")
    try:
        play(sys.argv[1], sys.argv[2], folder)
    except Wrong as wrong:
        print(f"test-hosts: FAILED: {wrong}\n  logs: {folder}", file=sys.stderr)
        raise SystemExit(1) from None
    shutil.rmtree(folder)
    print("test-hosts: passed")


if __name__ == "__main__":
    main()
