"""What the benchmarks run against: a sandbox, and its Clever pages frozen into files behind nginx."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timezone

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/lib"))
from sandbox import ask, start  # noqa: E402

LOOPBACK = "127.0.0.1"
# Limits that never bind.
UNLIMITED = ["--clever-rate", "100000000", "--schoology-credits", "1000000"]


class Sandbox:
    """attendance-sandbox, with the configuration that it writes for attendance-sync."""

    def __init__(self, programs, folder, *options):
        self.folder = folder
        self.configuration = f"{folder}/attendance-sync.toml"
        self.process, self.about = start(
            [f"{programs}/attendance-sandbox", "--json", "--until-stdin-closes", "--for", "3h",
             "--drop-folder", f"{folder}/drop", "--write-config", self.configuration,
             # What is measured goes one way, and reads Schoology back as seldom as it does by itself.
             "--no-sftp", "--direction", "to_schoology", "--read-back-interval", "15m", *options],
            stdin=subprocess.PIPE)
        if not self.about:
            raise SystemExit("the sandbox did not start")

    def ask(self, path, body=None, method=None):
        return ask(self.about["control_url"], path, body, method, timeout=600)

    def clever(self, target):
        request = urllib.request.Request(
            self.about["clever"]["base_url"] + target,
            headers={"Authorization": f"Bearer {self.about['clever']['token']}"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)


def secondary_district(programs, folder, students):
    """A district of secondary schools alone: seven sections a student, one day, nothing that can't be matched."""
    return Sandbox(
        programs, folder, "--students", str(students), "--elementary-percent", "0", "--sections-per-student", "7",
        "--days", "1", "--tidy", *UNLIMITED)


class FrozenClever:
    """The attendance pages of a day as files behind nginx; everything else is passed on to the sandbox.

    So the server's part in rendering pages is no part of what is measured, and curl, the Python script and
    attendance-sync are given the same bytes.
    """

    def __init__(self, sandbox, folder):
        self.folder = folder
        os.makedirs(f"{folder}/pages")
        self.day = sandbox.about["district"]["today"]
        self.token = sandbox.about["clever"]["token"]
        self.targets = []
        self.records = self.absent = self.bytes = 0
        self.schools = [s["data"]["id"] for s in self._all(sandbox, "/v3.1/schools?limit=1000")]
        entries = [self._freeze(sandbox, school) for school in self.schools]
        self.district = json.loads(sandbox.clever("/v3.1/districts"))
        self.last_sync = self.district["data"][0]["data"]["last_attendance_sync"]
        self.set_district()
        self._start_nginx(sandbox, "".join(line for lines in entries for line in lines))

    def _all(self, sandbox, target):
        found = []
        while target:
            page = json.loads(sandbox.clever(target))
            found += page["data"]
            target = next((link["uri"] for link in page.get("links", []) if link["rel"] == "next"), None)
        return found

    def _freeze(self, sandbox, school):
        lines = []
        target = f"/v3.1/attendance/schools/{school}?date_range_start={self.day}&date_range_end={self.day}&limit=1000"
        while target:
            body = sandbox.clever(target)
            name = f"{len(self.targets)}.json"
            with open(f"{self.folder}/pages/{name}", "wb") as file:
                file.write(body)
            cursor = re.search(r"starting_after=([^&]*)", target)
            path = target.split("?")[0]
            lines.append(f'    "{path} {cursor.group(1) if cursor else ""}" {name};\n')
            self.targets.append(target)
            page = json.loads(body)
            self.records += len(page["data"])
            self.absent += sum(record["attendance_status"] != "present" for record in page["data"])
            self.bytes += len(body)
            target = next((link["uri"] for link in page.get("links", []) if link["rel"] == "next"), None)
        return lines

    def set_district(self, last_sync="as it is", state="running"):
        """What `GET /v3.1/districts` answers from now on. `paused` is read and not written."""
        data = self.district["data"][0]["data"]
        data["last_attendance_sync"] = self.last_sync if last_sync == "as it is" else last_sync
        data["state"] = state
        with open(f"{self.folder}/districts.json.new", "w", encoding="utf-8") as file:
            json.dump(self.district, file)
        os.rename(f"{self.folder}/districts.json.new", f"{self.folder}/districts.json")

    def correct(self, number):
        """The office marks somebody absent, somebody else for each number."""
        path = f"{self.folder}/pages/{number % len(self.targets)}.json"
        with open(path, encoding="utf-8") as file:
            page = json.load(file)
        present = [record for record in page["data"] if record["attendance_status"] == "present"]
        record = present[number % len(present)]
        record["attendance_status"] = "absent"
        record["last_modified"] = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(page, file)
        os.rename(path + ".new", path)

    def _start_nginx(self, sandbox, entries):
        configuration = f"""
daemon off;
worker_processes 1;
user {"root" if os.geteuid() == 0 else "nobody"};
pid {self.folder}/nginx.pid;
error_log {self.folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {self.folder}/access.log;
  sendfile on; keepalive_requests 1000000; default_type application/json;
  client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2; fastcgi_temp_path {self.folder}/t3;
  uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5;
  map_hash_bucket_size 512; map_hash_max_size 65536;
  map "$uri $arg_starting_after" $page {{
    default missing;
{entries}  }}
  server {{
    listen {LOOPBACK}:PORT;
    location = /v3.1/districts {{ alias {self.folder}/districts.json; }}
    location /v3.1/attendance/schools/ {{ root {self.folder}/pages; try_files /$page =404; }}
    location / {{ proxy_pass {sandbox.about["clever"]["base_url"]}; proxy_http_version 1.1; }}
  }}
}}
"""
        for port in range(18600, 18700):
            # nginx goes on trying for a port that is taken, and what holds it might be taken for this one.
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((LOOPBACK, port))
                except OSError:
                    continue
            with open(f"{self.folder}/nginx.conf", "w", encoding="utf-8") as file:
                file.write(configuration.replace("PORT", str(port)))
            self.process = subprocess.Popen(
                ["/usr/sbin/nginx", "-c", f"{self.folder}/nginx.conf"], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.url = f"http://{LOOPBACK}:{port}"
            for _ in range(100):
                if self.process.poll() is not None:
                    break
                try:
                    urllib.request.urlopen(f"{self.url}/v3.1/districts", timeout=5).close()
                    return
                except OSError:
                    time.sleep(0.05)
        raise SystemExit(f"nginx does not start: see {self.folder}/error.log")

    def requests(self):
        with open(f"{self.folder}/access.log", encoding="utf-8") as log:
            return sum(1 for _ in log)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def write_configuration(
        sandbox, path, clever_url, state, poll_interval="5s", schoology_url=None, retention=None):
    """The sandbox's configuration with another Clever, another state and one day's lookback."""
    with open(sandbox.configuration, encoding="utf-8") as file:
        text = file.read()
    for key, value in {
        "base_url": clever_url, "state_directory": state, "lookback": "1d", "recent_lookback": "1d",
        "poll_interval": poll_interval,
    }.items():
        text = re.sub(rf'^{key} = ".*"$', f'{key} = "{value}"', text, count=1, flags=re.MULTILINE)
    if schoology_url is not None:
        text = text.replace(sandbox.about["schoology"]["base_url"], schoology_url)
    if retention is not None:
        text = text.replace("[service]\n", f'[service]\nretention = "{retention}"\n', 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def copy_state(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
