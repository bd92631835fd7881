"""The golden vectors are what Python makes today, and the browser's core makes the same of them."""

from __future__ import annotations

import json
import math
import subprocess
from typing import Any

import pytest

from tests.core.bridge import REPO, find_node
from tests.vectors.make import FILES, FOLDER


@pytest.mark.parametrize("name", FILES)
def test_the_vectors_are_pythons_of_today(name: str) -> None:
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    made = json.loads(json.dumps(FILES[name]()))
    difference = find_difference(kept, made)
    assert not difference, f"{difference}. Make them anew: python -m tests.vectors.make"


def test_the_vectors_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 400_000


def test_the_core_makes_the_same_of_them() -> None:
    run = subprocess.run(
        [find_node(), "--test", *sorted(map(str, (REPO / "tests" / "core").glob("*.test.js")))],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def find_difference(kept: Any, made: Any, place: str = "") -> str:
    """Where two values of JSON differ, numbers by more than another machine's rounding; "" nowhere."""
    if isinstance(kept, dict) and isinstance(made, dict) and kept.keys() == made.keys():
        pairs = [(f"{place}.{key}", kept[key], made[key]) for key in kept]
    elif isinstance(kept, list) and isinstance(made, list) and len(kept) == len(made):
        pairs = [(f"{place}[{i}]", kept[i], made[i]) for i in range(len(kept))]
    elif isinstance(kept, float) and isinstance(made, float):
        return "" if math.isclose(kept, made, rel_tol=1e-6, abs_tol=1e-9) else f"{place} differs"
    else:
        return "" if kept == made else f"{place} differs"
    return next(filter(None, (find_difference(old, new, at) for at, old, new in pairs)), "")
