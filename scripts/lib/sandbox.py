"""What the scripts share of attendance-sandbox: starting it, asking it, and what a mark has to become."""

import json
import subprocess
import urllib.request

SCHOOLOGY = {1: "present", 2: "absent", 3: "late", 4: "excused"}
# The status map that holds unless another is configured: what Clever says -> what Schoology must show.
EXCUSED_CODES = {"E", "MED"}


def expected(status, code):
    if status == "tardy":
        return "late"
    return "excused" if status == "absent" and code in EXCUSED_CODES else status


def start(command, **options):
    """Runs it with --json. Returns its process and what it says of itself; None where it did not start."""
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **options)
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            break
    return process, json.loads(text) if text else None


def ask(control, path, body=None, method=None, timeout=30):
    """Asks the control endpoint, or tells it something."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{control}/_sandbox/{path}", data, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)
