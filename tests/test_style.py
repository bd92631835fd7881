"""The code keeps its own rules: ruff's lint and format, mypy's types, one direction of imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPO

MODULES = sorted(path for path in (REPO / "digits").rglob("*.py") if path.name != "__init__.py")
SCRIPTS = [REPO / name for name in ("app.py", "train.py", "export.py")]


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_checker(command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=REPO, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def imported(path: Path, everywhere: bool = True) -> Iterator[str]:
    """The modules that a file imports; `everywhere` False: only when it is itself imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", [*SCRIPTS, *MODULES], ids=lambda path: path.name)
def test_scripts_are_imported_by_nobody(path: Path) -> None:
    assert not {"app", "train", "export"} & set(imported(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPO)))
def test_heavy_packages_stay_in_their_modules(path: Path) -> None:
    allowed = {"onnxruntime": {"backends"}, "matplotlib": {"figures"}}
    for package, modules in allowed.items():
        if path.stem not in modules:
            assert package not in {name.split(".")[0] for name in imported(path)}
