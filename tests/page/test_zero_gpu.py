"""The page on Hugging Face's ZeroGPU hardware: the package `spaces` is the real one.

Two things are missing here and stood in for: Hugging Face's service that lends GPUs (a small server
below, which speaks as `spaces` expects) and the GPU itself (its start is left out, so the process that
`spaces` forks for a training trains on the CPU).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from digits.data.dataset import Digits
from digits.page.api import CUT
from digits.page.zero_gpu import borrow_gpu
from tests.support import web
from tests.support.browser import open_tab, press_train, start_long_run, wait_for_state
from tests.support.files import REPO, write_mnist
from tests.support.requests import ONE
from tests.support.servers import free_port, send, wait_for

OpenPage = Callable[..., Any]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Spaces run Linux")

START = """
import sys
import gradio
import spaces.zero.torch as zero
zero.init = lambda uuid: None               # would open the GPU
zero.move = lambda callback=None: None      # would fill it
import app
sys.exit(app.main(sys.argv[1:]))
"""
TOKEN = "a.eyJ1c2VyIjoxfQ.c"  # what a visitor's page sends there; the middle is base64


class Lender:
    """What lends GPUs on ZeroGPU: remembers what it was asked, and refuses when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.refuses = False
        self._told = threading.Condition()
        lender = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                url = urlparse(self.path)
                said = {name: values[0] for name, values in parse_qs(url.query).items()}
                with lender._told:
                    lender.asked.append((url.path, said))
                    lender._told.notify_all()
                send(self, *lender.answer(url.path))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> tuple[int, bytes]:
        if path != "/schedule":
            return 200, b""
        if self.refuses:
            return 429, json.dumps({"left": 0, "wait": 3600}).encode()
        lent = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "", "allowToken": "t"}
        return 200, json.dumps(lent).encode()

    def said(self, path: str) -> list[dict[str, str]]:
        """What it was told at `path`, in order."""
        return [said for at, said in self.asked if at == path]

    def wait_for(self, path: str) -> list[dict[str, str]]:
        """The same, once it was told something there: `spaces` tells it after the page has its report."""
        with self._told:
            assert self._told.wait_for(lambda: self.said(path), timeout=300), self.asked
        return self.said(path)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def zero(
    bundled: Digits, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Lender, subprocess.Popen[bytes]]]:
    """The page as ZeroGPU starts it, answering with torch; the lender; the page's process."""
    pytest.importorskip("spaces")
    base = tmp_path_factory.mktemp("zero")
    data = write_mnist(base / "bundled", bundled)
    lender, port = Lender(), free_port()
    environment = os.environ | {
        "SYSTEM": "spaces",
        "SPACES_ZERO_GPU": "true",
        "SPACES_ZERO_DEVICE_API_URL": lender.address,
        "HOME": str(base),
        "PYTHONPATH": str(REPO),
        "CUDA_VISIBLE_DEVICES": "",
        "no_proxy": "127.0.0.1",
    }
    flags = ["--port", str(port), "--data", str(data), "--backend", "torch"]
    log = (base / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-c", START, *flags], env=environment, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process, base / "log")
        yield address, lender, process
        assert process.poll() is None, (base / "log").read_text()
    finally:
        process.terminate()
        process.wait(120)
        log.close()
        lender.close()


@pytest.fixture(scope="module")
def site(zero: tuple[str, Lender, subprocess.Popen[bytes]]) -> str:
    return zero[0]


@pytest.fixture
def lender(zero: tuple[str, Lender, subprocess.Popen[bytes]]) -> Iterator[Lender]:
    """The lender, who has forgotten what was asked before."""
    zero[1].asked.clear()
    yield zero[1]
    zero[1].refuses = False


def start_training(site: str, epochs: int, batch_size: int) -> str:
    """Ask the API for a training on 4,000 images; gives where its reports are."""
    data = [epochs, batch_size, 0.01, "16", "relu", 4000, 1]
    url = f"{site}/gradio_api/call/train"
    answer = web.post(url, json={"data": data}, headers={"X-IP-Token": TOKEN})
    return f"{url}/{answer.json()['event_id']}"


def train(site: str, epochs: int = 1, batch_size: int = 50) -> str:
    """The last that the API says of such a training."""
    return web.get(start_training(site, epochs, batch_size)).text.splitlines()[-2]


def kill_trainers(page: subprocess.Popen[bytes]) -> list[int]:
    """End the processes that `spaces` forked from the page, as ZeroGPU does with who takes too long."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(page.pid)], capture_output=True, text=True, check=False
    )
    pids = [int(pid) for pid in found.stdout.split()]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return pids


def test_the_space_says_at_its_start_that_it_will_borrow(
    zero: tuple[str, Lender, subprocess.Popen[bytes]],
) -> None:
    assert zero[1].asked[0][0] == "/startup-report"


def test_predictions_stay_on_the_cpu_though_torch_claims_a_gpu(site: str, lender: Lender) -> None:
    read = web.post(f"{site}/gradio_api/run/predict", json={"data": [ONE]}).json()
    assert read["data"][0]["label"] == "1"
    assert not lender.asked


def test_a_training_is_borrowed_for_in_its_visitors_name_and_given_back(
    site: str, lender: Lender, zero: tuple[str, Lender, subprocess.Popen[bytes]]
) -> None:
    last = train(site)
    assert '"state": "done"' in last and '"step": 80' in last, last
    (asked,), (allowed,), (released,) = map(lender.wait_for, ("/schedule", "/allow", "/release"))
    assert asked["token"] == TOKEN and asked["durationSeconds"] == "10"  # 80 steps: next to nothing
    assert int(allowed["pid"]) != zero[2].pid  # another process trained
    assert released == {"allowToken": "t", "fail": "false"}


def test_the_longest_training_asks_for_no_more_than_two_minutes(site: str, lender: Lender) -> None:
    reports = start_training(site, epochs=20, batch_size=1)
    with web.stream("GET", reports) as stream:
        next(stream.iter_lines())
        assert [asked["durationSeconds"] for asked in lender.wait_for("/schedule")] == ["120"]


def test_whoever_may_not_borrow_trains_on_the_cpu(site: str, lender: Lender) -> None:
    lender.refuses = True
    assert '"state": "done"' in train(site)
    assert lender.said("/schedule") and not lender.said("/allow")


def test_a_visitor_stops_and_the_gpu_is_given_back(open_page: OpenPage, lender: Lender) -> None:
    page = open_page()
    start_long_run(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for_state(page, "stopped")
    assert lender.wait_for("/release") == [{"allowToken": "t", "fail": "false"}]


def test_a_gpu_taken_back_early_leaves_what_was_learnt(
    open_page: OpenPage, lender: Lender, zero: tuple[str, Lender, subprocess.Popen[bytes]]
) -> None:
    page = open_page()
    start_long_run(page)
    assert kill_trainers(zero[2])
    wait_for_state(page, "cut")
    assert "was taken back early" in page.locator(".run-notes").inner_text()
    assert page.locator("#picker").inner_text().count("run 1")
    open_tab(page, epochs=1, batch_size=50)
    press_train(page)
    wait_for_state(page, "done")


def test_the_api_says_when_the_gpu_was_taken_back(
    site: str, lender: Lender, zero: tuple[str, Lender, subprocess.Popen[bytes]]
) -> None:
    told = []
    with web.stream("GET", start_training(site, 20, 1)) as stream:
        for line in stream.iter_lines():
            told.append(line)
            if len(told) == 6:
                assert kill_trainers(zero[2])
    assert CUT in "".join(told[-3:])


def test_elsewhere_the_decorator_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)

    def function(device: str = "cpu") -> Iterator[str]:
        yield device

    assert borrow_gpu(function, lambda: 1.0) is function
