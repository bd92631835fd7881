"""app.py as a user runs it: the command starts a page, answers its API, and ends quietly."""

from __future__ import annotations

import contextlib
import errno
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from digits.page.address import FIRST_PORT, choose_address, first_free
from digits.page.app import Settings, check_data, make_services
from digits.training.page_run import run_training
from tests.support.files import REPO
from tests.support.servers import free_port, wait_for

SEVEN = [[[0.3, 0.25], [0.7, 0.24], [0.45, 0.8]]]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python app.py` from another working directory, and the address it says that it serves."""
    command = [sys.executable, "-u", str(REPO / "app.py"), "--port", str(free_port())]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(300, running.kill)
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
    _, error = running.communicate(timeout=300)
    assert running.returncode == 0
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--weights", "nothing"], "nothing"),
        (["--device", "cuda"], "no cuda device"),
        (["--weights", "/no/such/file.onnx"], "/no/such/file.onnx"),
        (["--port", "99999"], "from 1 to 65535, not 99999"),
        (["--port", "-1"], "from 1 to 65535, not -1"),
        (["--port", "0"], "from 1 to 65535, not 0"),
        (["--port", "x"], "from 1 to 65535, not x"),
        (["--host", "256.1.1.1"], "no address '256.1.1.1'"),
        (["--host", "192.0.2.1"], "no address '192.0.2.1'"),
        (["--host", "no such host"], "no address 'no such host'"),
        (["--host", "x" * 300], "no address"),
        (["--data", "/no/such/folder"], "no MNIST in /no/such/folder"),
        (["--data", "tests"], "no MNIST in tests"),
    ],
)
def test_a_wrong_flag_is_one_line(
    flags: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(flags) == 1
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_of_a_wrong_folder_in_the_environment_the_log_tells_at_the_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who draws needs no MNIST, and the variable may be another project's: the page is served."""
    monkeypatch.setenv("MNIST_DIR", "/no/such/folder")
    check_data(None)
    error = capsys.readouterr().err
    assert "nobody can train on this page: no MNIST in /no/such/folder" in error
    assert error.count("\n") == 1
    monkeypatch.delenv("MNIST_DIR")
    check_data(None)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("value", ["x", "0", "99999", "-1"])
def test_a_wrong_port_in_the_environment_is_one_line_too(
    value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", value)
    assert app.main([]) == 1
    assert f"from 1 to 65535, not {value}" in capsys.readouterr().err


def test_an_empty_port_in_the_environment_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", "")
    host, port = choose_address(None, None)
    assert host == "127.0.0.1" and port >= FIRST_PORT


def test_a_port_that_the_system_keeps_for_itself_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Windows does for virtual machines."""
    bind = socket.socket.bind

    def refuse(probe: socket.socket, where: tuple[str, int]) -> None:
        if where[1] == FIRST_PORT:
            raise PermissionError(errno.EACCES, "forbidden by its access permissions")
        bind(probe, where)

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert first_free("127.0.0.1") > FIRST_PORT


def has_ipv6() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_it_serves_on_ipv6(host: str, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, str(REPO / "app.py"), "--host", host, "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(f"http://[::1]:{port}", running, tmp_path / "log")
    finally:
        running.kill()
        running.wait(120)


def test_weights_are_found_by_any_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for suffix in (".pt", ".onnx", ".json"):
        shutil.copy(REPO / "weights" / f"tutorial{suffix}", tmp_path / f"my{suffix}")
    monkeypatch.chdir(tmp_path)
    for path in ("my.pt", "./my.pt", "my.onnx", str(tmp_path / "my.pt")):
        services = make_services(Settings(weights=path), run_training)
        assert services.reader.networks.default.network == "my", path
