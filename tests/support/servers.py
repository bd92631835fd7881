"""Servers that tests start: a free port, waiting for an address."""

from __future__ import annotations

import socket
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the page is up."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(address, verify=False, timeout=60)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"no page: {log.read_text(encoding='utf-8')}")


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    """Answer a request with JSON."""
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
