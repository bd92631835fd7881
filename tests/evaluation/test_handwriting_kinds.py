"""Kinds of writing are told from the strokes, and each is scored on its own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from digits.augmentation import handwriting_kinds as by_rule
from digits.augmentation.glyphs import draw_form
from digits.augmentation.strokes import fit_pad
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.unipen import write_unipen
from digits.evaluation import handwriting_kinds
from digits.evaluation.handwriting_kinds import LETTERS, PLAIN, count_holes, kind_of


def drawn(form: str, label: int, name: str = "") -> Drawing:
    lines = draw_form(form, np.random.default_rng(0), spread=0.0)
    return Drawing(fit_pad(lines), label, 1, name)


@pytest.mark.parametrize(
    ("form", "holes"),
    [
        ("0,0 10,10", 0),
        ("4,0 0,3 0,7 4,10 8,7 8,3 4,0", 1),
        ("4,0 0,3 0,7 4,10 8,7 8,3 4,0 | -1,11 9,-1", 2),
        ("4,5 1.5,2.5 4,0 6.5,2.5 4,5 1,7.5 4,10 7,7.5 4,5", 2),
    ],
)
def test_holes_are_what_strokes_enclose(form: str, holes: int) -> None:
    assert count_holes(drawn(form, 0).strokes) == holes


@pytest.mark.parametrize(
    ("form", "label", "kind"),
    [
        ("4,0 0,3 0,7 4,10 8,7 8,3 4,0 | -1,11 9,-1", 0, "slashed or barred zero"),
        ("4,0 0,3 0,7 4,10 8,7 8,3 4,0", 0, PLAIN),
        ("0,4 4,0! 4,10", 1, "one with flag, foot or retraced"),
        ("4,0 4,10 | 1,10 7,10", 1, "one with flag, foot or retraced"),
        ("3,0 3,10", 1, PLAIN),
        ("0,0 7,0! 3,10 | 1.5,5 7,5", 7, "barred seven"),
        ("0,0 7,0! 3,10", 7, PLAIN),
        ("2,0 1.5,4.5! 5,3.8 8,6.5 5,10 0.5,9 | 2,0 8,0", 5, "five with its bar apart"),
        ("7,2 4,0 1,2.5 3.5,5 7,2.5 7,7 4.5,10 1,9 1,8", 9, "nine curled"),
        ("6,1.5 3,0 0.5,2.5 2.5,5 6,2.5! 5.5,6 3,10", 9, PLAIN),
    ],
)
def test_a_kind_is_told_from_its_strokes(form: str, label: int, kind: str) -> None:
    assert kind_of(drawn(form, label)) == kind


def test_letters_are_a_kind_of_their_own_unless_they_look_like_digits() -> None:
    assert kind_of(drawn("0,0 8,0 | 4,0 4,10", NOT_A_DIGIT, "T")) == LETTERS
    assert kind_of(drawn("4,0 0,3 0,7 4,10 8,7 8,3 4,0", NOT_A_DIGIT, "O")) is None


def test_zeros_that_are_slashed_by_rule_are_found_slashed() -> None:
    random = np.random.default_rng(3)
    zeros = [Drawing(fit_pad(by_rule.slashed_zero(random)), 0, 1) for _ in range(60)]
    assert sum(kind_of(one) == "slashed or barred zero" for one in zeros) >= 54


def test_the_command_scores_the_writers_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "strokes.dat"
    plain = drawn("4,0 0,3 0,7 4,10 8,7 8,3 4,0", 0)
    others = [Drawing(plain.strokes, 0, 2), drawn("0,0 8,0 | 4,0 4,10", NOT_A_DIGIT, "T")]
    write_unipen(file, [plain, *others])
    assert handwriting_kinds.main(["--strokes", str(file), "--writers", "1", "--json"]) == 0
    scores = {one["kind"]: one for one in json.loads(capsys.readouterr().out)}
    assert {kind: one["count"] for kind, one in scores.items()} == {PLAIN: 1, LETTERS: 1}
    assert scores[PLAIN]["right"] == 1
    assert scores[LETTERS]["right"] == 0
    assert handwriting_kinds.main(["--strokes", str(file)]) == 0
    assert "100.00%" in capsys.readouterr().out
    assert handwriting_kinds.main(["--strokes", str(tmp_path / "missing.dat")]) == 1
    assert "missing.dat" in capsys.readouterr().err
    assert handwriting_kinds.main(["--strokes", str(file), "--weights", "x" * 300]) == 1
    assert capsys.readouterr().err.startswith("error: ")
