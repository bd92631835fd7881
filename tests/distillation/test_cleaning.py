"""Doubtful labels: found where two networks that have not seen them agree, and left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digits.augmentation.glyphs import DIGIT_FORMS, draw_form
from digits.augmentation.strokes import fit_pad
from digits.data.dataset import Digits
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.unipen import write_unipen
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


def test_a_file_of_letters_alone_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letters.dat"
    write_unipen(file, [replace(one, label=NOT_A_DIGIT, name="T") for one in by_six_writers()])
    assert cleaning.main(["--strokes", str(file)]) == 1
    assert "letters.dat holds no digit" in capsys.readouterr().err
    assert cleaning.main(["--strokes", "x" * 300]) == 1
    assert capsys.readouterr().err.startswith("error: ")
