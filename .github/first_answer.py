"""Start the page as README says, let it read a drawn 1, stop it: nothing but Python's own library here."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT = 7955
ADDRESS = f"http://127.0.0.1:{PORT}/gradio_api/run/predict"
DRAWING = {"data": [[[[0.5, 0.2], [0.5, 0.8]]]]}  # one stroke, from top to bottom
PATIENCE = 120  # seconds until the page must be up


def ask() -> dict:
    """The page's answer; URLError while it is not up."""
    request = urllib.request.Request(
        ADDRESS, json.dumps(DRAWING).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)["data"][0]


def first_answer(page: subprocess.Popen) -> dict:
    """Ask until there is an answer."""
    until = time.monotonic() + PATIENCE
    while page.poll() is None and time.monotonic() < until:
        try:
            return ask()
        except urllib.error.URLError:
            time.sleep(1)
    sys.exit(f"no answer within {PATIENCE} s; the page's status is {page.poll()}")


page = subprocess.Popen([sys.executable, "app.py", "--port", str(PORT)])
try:
    answer = first_answer(page)
finally:
    page.terminate()
print(answer)
if answer["label"] != "1":
    sys.exit(1)
