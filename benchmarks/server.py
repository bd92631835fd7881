"""Start the page as a process of its own and ask it as the pad does. For startup.py and load.py.

What the pad sends is one POST a question, with the whole drawing in it (services/answering.js);
`Pad.question` builds the same body.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.conditions import REPO
from digits.server.routes import READ

HOST = "127.0.0.1"
PATIENCE = 120.0  # s until a server that does not answer counts as failed


@dataclass(frozen=True)
class Server:
    """A page that is being served."""

    process: subprocess.Popen[bytes]
    address: str
    seconds: float  # from the command to the first page
    folder: Path  # where it keeps temporary files

    def memory(self) -> float:
        """Megabytes that the process holds in memory now (Linux only)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def cpu_seconds(self) -> float:
        """CPU seconds that the process has used so far (Linux only)."""
        fields = (
            Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        )
        user, system = fields.split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def has_loaded(self, library: str) -> bool:
        """Whether the process has a shared library of that name in memory (Linux only)."""
        maps = Path(f"/proc/{self.process.pid}/maps").read_text(encoding="utf-8")
        return f"/{library}" in maps

    def temporary_files(self) -> int:
        """How many files it keeps in its temporary folder."""
        return sum(path.is_file() for path in self.folder.rglob("*"))


@contextmanager
def serve(command: Sequence[str]) -> Iterator[Server]:
    """Run `python <command> --port N` until the block ends; waits for the first page."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "TMPDIR": folder}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command, "--port", str(port)],
            cwd=REPO,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://{HOST}:{port}"
            wait_for_page(address, process)
            yield Server(process, address, time.perf_counter() - began, Path(folder))
        finally:
            process.terminate()
            process.wait(10)


def wait_for_page(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the first page came; RuntimeError if the process ends or takes too long."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            if httpx.get(address, timeout=PATIENCE).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError(f"no page at {address} after {PATIENCE:.0f} s")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Pad:
    """Knows what to send so that the page answers a drawing."""

    def __init__(self, address: str) -> None:
        self.url = address + READ

    def question(self, strokes: list[list[list[float]]]) -> bytes:
        """The body of one question, as the page sends it."""
        return json.dumps({"drawing": {"strokes": strokes}, "language": "en"}).encode()

    def ask(self, client: httpx.Client, strokes: list[list[list[float]]]) -> dict[str, Any]:
        """One answer, asked for and waited for."""
        response = client.post(self.url, content=self.question(strokes), headers=JSON)
        response.raise_for_status()
        return response.json()


JSON = {"content-type": "application/json"}
