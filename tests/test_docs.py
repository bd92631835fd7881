"""The docs name what is there: every path exists, every link leads somewhere, every module is on the map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPO

DOCS = sorted([*REPO.glob("*.md"), *(REPO / "docs").glob("*.md"), *(REPO / "weights").glob("*.md")])
MAP = REPO / "docs" / "architecture.md"
PATH = re.compile(
    r"(?<![\w./-])(?:(?:digits|tests|benchmarks|docs)/[\w./-]+|(?:app|train|export)\.py)"
)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_paths_and_links_lead_somewhere(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    named = {REPO / found.rstrip(".") for found in PATH.findall(text)}
    named |= {doc.parent / found for found in LINK.findall(text)}
    assert sorted(str(path) for path in named if not path.exists()) == []


def test_every_module_is_on_the_map() -> None:
    text = MAP.read_text(encoding="utf-8")
    modules = (path for path in (REPO / "digits").rglob("*.py") if path.name != "__init__.py")
    names = [path.relative_to(REPO).as_posix() for path in modules]
    assert len(names) > 40
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("path", sorted((REPO / "digits").rglob("*.py")), ids=str)
def test_code_points_at_what_is_there(path: Path) -> None:
    """A path in a docstring is right, and no file says which to read next: the map does."""
    text = path.read_text(encoding="utf-8")
    assert "Next: " not in text
    named = re.findall(r"(?<![\w./-])digits/(?!static/)[\w/]+\.(?:py|js|css)\b", text)
    assert [name for name in named if not (REPO / name).exists()] == []
