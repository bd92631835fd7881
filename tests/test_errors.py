"""One tree of errors: every code has its sentence, every sentence is used, every value has its place."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Iterator
from string import Formatter

import pytest

from digits import errors
from digits.errors import SENTENCES, DigitsError, DrawingError, SettingsError
from tests.conftest import REPO

KINDS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, DigitsError)
}
FILES = [*sorted((REPO / "digits").rglob("*.py")), *(REPO / f"{n}.py" for n in ("app", "train"))]
# Raised without values where the line of a file is unknown, caught and raised with them.
FILLED_LATER = {"strokes_label", "strokes_point", "strokes_not_finite"}


def raised() -> Iterator[tuple[str, set[str] | None]]:
    """Every code that the source raises, with the values it gives; None where they are forwarded."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS:
                names = {word.arg for word in node.keywords}
                code = node.args[0] if node.args else None
                if isinstance(code, ast.Constant):
                    yield str(code.value), {name for name in names if name}


def fields(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}


def test_every_error_has_its_sentence_and_its_values() -> None:
    found = dict(raised())
    assert len(found) > 50
    for code, values in found.items():
        assert code in SENTENCES
        assert values == fields(code) or (code in FILLED_LATER and not values), code


def test_every_sentence_is_somebodys() -> None:
    """Raised, or sent to the page by its code."""
    text = "".join(path.read_text(encoding="utf-8") for path in FILES if path.stem != "errors")
    assert [code for code in SENTENCES if f'"{code}"' not in text] == []


def test_str_is_the_english_sentence() -> None:
    error = SettingsError("setting_limit", setting="batch_size", low=1, high=10_000, value=0.5)
    assert str(error) == "batch size must be between 1 and 10000, not 0.5"
    assert error.code == "setting_limit" and error.values["low"] == 1
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("way", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_crosses_processes(way: object) -> None:
    again = way(DrawingError("stroke_off_pad", number=3))  # type: ignore[operator]
    assert isinstance(again, DrawingError)
    assert str(again) == "stroke 3 leaves the pad: coordinates must be within 0 and 1"
