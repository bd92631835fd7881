"""The code keeps its own rules: ruff's lint and format, mypy's types, one direction of imports."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.files import REPO

MODULES = sorted(path for path in (REPO / "digits").rglob("*.py") if path.name != "__init__.py")
SCRIPTS = [REPO / name for name in ("app.py", "train.py", "export.py")]


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_checker(command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=REPO, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_rooms_import_in_one_direction() -> None:
    """The contracts in pyproject.toml, as `lint-imports` checks them."""
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=REPO,
        env=os.environ | {"PYTHONPATH": str(REPO), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def imported(path: Path, everywhere: bool = True) -> Iterator[str]:
    """The modules that a file imports; `everywhere` False: only when it is itself imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_test_imports_from_another() -> None:
    """What tests share stands in tests/support."""
    tests = [*(REPO / "tests").rglob("test_*.py"), *(REPO / "tests").rglob("conftest.py")]
    found = {path.name: set(imported(path)) for path in tests}
    parts = {name: {one.split(".")[-1] for one in names} for name, names in found.items()}
    shared = {
        name: {one for one in part if one.startswith(("test_", "conftest"))}
        for name, part in parts.items()
    }
    assert not {name: part for name, part in shared.items() if part}


@pytest.mark.parametrize("path", [*SCRIPTS, *MODULES], ids=lambda path: path.name)
def test_scripts_are_imported_by_nobody(path: Path) -> None:
    assert not {"app", "train", "export"} & set(imported(path))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_know_no_heavy_package_by_themselves(path: Path) -> None:
    found = {name.split(".")[0] for name in imported(path)}
    assert not found & {"onnxruntime", "matplotlib", "onnx", "PIL"}


@pytest.mark.parametrize("name", ["train.py", "export.py"])
def test_scripts_are_thin(name: str) -> None:
    assert len((REPO / name).read_text(encoding="utf-8").splitlines()) < 120


@pytest.mark.parametrize("path", sorted((REPO / "digits").rglob("__init__.py")), ids=str)
def test_every_room_says_what_is_in_it(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said and len(said) > 40
