"""Doubtful labels: found where two networks that have not seen them agree, and left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digits.augmentation.glyphs import DIGIT_FORMS, draw_form
from digits.augmentation.strokes import fit_pad
from digits.data.dataset import Digits
from digits.data.drawings import Drawing
from digits.distillation import cleaning
from digits.distillation.cleaning import find_doubtful, without_doubtful, write_doubtful


def by_six_writers() -> list[Drawing]:
    random = np.random.default_rng(0)
    return [
        Drawing(fit_pad(draw_form(DIGIT_FORMS[digit][1], random, 0.2)), digit, writer)
        for writer in range(6)
        for digit in range(10)
    ]


def test_a_wrong_label_is_found_and_right_ones_are_not(
    few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "EPOCHS", 60)  # of far fewer images
    drawings = by_six_writers()
    drawings[13] = replace(drawings[13], label=8)  # a 3
    assert find_doubtful(few, drawings) == [13]


def test_what_is_listed_for_a_source_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "doubtful.json"
    write_doubtful("one", {2, 0}, path)
    write_doubtful("two", {1}, path)
    line = [np.array([[0.5, 0.0], [0.5, 1.0]])]
    drawings = [Drawing(line, 1, 1, "1", s, n) for s in ("one", "two", "three") for n in range(3)]
    kept = [(one.source, one.number) for one in without_doubtful(drawings, path)]
    assert kept == [("one", 1), ("two", 0), ("two", 2), *(("three", n) for n in range(3))]
