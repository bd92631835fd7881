"""app.py as a user runs it: the command starts a page, answers its API, and ends quietly."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from tests.conftest import REPO

SEVEN = [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python app.py` from another working directory, and the address it says that it serves."""
    command = [sys.executable, "-u", str(REPO / "app.py"), "--port", str(free_port())]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(90, running.kill)
    watchdog.start()
    assert running.stdout is not None
    for line in running.stdout:
        if "http://127.0.0.1" in line:
            yield running, line.split()[-1]
            break
    else:
        pytest.fail(f"it never served: {running.communicate()[1]}")
    watchdog.cancel()
    if running.poll() is None:
        running.kill()
    running.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C in another way")
def test_it_serves_answers_and_ends_quietly(process: tuple[subprocess.Popen[str], str]) -> None:
    from gradio_client import Client

    running, address = process
    client = Client(address, verbose=False)
    answer = client.predict(SEVEN, api_name="/predict")
    assert answer["label"] == "7"
    assert sorted(item["label"] for item in answer["confidences"]) == [str(i) for i in range(10)]
    assert sum(item["confidence"] for item in answer["confidences"]) == pytest.approx(1, abs=1e-3)
    assert client.predict([], api_name="/predict")["label"] is None
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--weights", "nothing"], "nothing"),
        (["--device", "cuda"], "no cuda device"),
        (["--weights", "/no/such/file.onnx"], "/no/such/file.onnx"),
    ],
)
def test_a_wrong_flag_is_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(flags) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_showing_the_page_and_predicting_load_no_torch() -> None:
    code = (
        "import sys, app; page = app.build_page(); "
        "print([name for name in ('torch', 'matplotlib.pyplot', 'torchvision') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True)
    assert result.stdout.strip().splitlines()[-1] == "[]", result.stdout + result.stderr
