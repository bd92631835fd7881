"""Several stroke files: found, read as one, credited; writers named by ranges."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from digits.data import stroke_files
from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.stroke_files import (
    credits_of,
    describe_missing,
    find_stroke_files,
    is_no_digit,
    read_stroke_files,
    writer_numbers,
)
from digits.data.unipen import write_unipen

LINE = [np.array([[0.5, 0.0], [0.5, 1.0]])]


def test_files_are_read_as_one_and_each_drawing_knows_its_own(tmp_path: Path) -> None:
    write_unipen(tmp_path / "first.dat", [Drawing(LINE, 1, 7), Drawing(LINE, 1, 8)])
    write_unipen(tmp_path / "second.dat.gz", [Drawing(LINE, NOT_A_DIGIT, 9, "T")])
    drawings = read_stroke_files([tmp_path / "first.dat", tmp_path / "second.dat.gz"])
    assert [(one.source, one.number, one.name) for one in drawings] == [
        ("first", 0, "1"),
        ("first", 1, "1"),
        ("second", 0, "T"),
    ]


def test_letters_that_somebody_writes_as_a_digit_are_not_counted_as_none() -> None:
    taken = {name: is_no_digit(Drawing(LINE, NOT_A_DIGIT, 1, name)) for name in "TKOSlz"}
    assert taken == {"T": True, "K": True, "O": False, "S": False, "l": False, "z": False}
    assert not is_no_digit(Drawing(LINE, 1, 1, "1"))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", {3}),
        ("3, 8", {3, 8}),
        ("5-7", {5, 6, 7}),
        ("1,10-20/5", {1, 10, 15, 20}),
    ],
)
def test_writers_are_named_by_numbers_and_ranges(text: str, numbers: set[int]) -> None:
    assert writer_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "x", "3,", "-4", "3-9/0", "3-9-2", "1e3", "9" * 12])
def test_other_writers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not like"):
        writer_numbers(text)


def test_a_range_that_runs_backwards_is_refused_since_it_would_leave_out_nobody() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        writer_numbers("3,9-3")


@pytest.mark.parametrize("text", ["1-999999999", ",".join(["0-99999"] * 2), "0-999999999/9"])
def test_more_writers_than_there_are_anywhere_are_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match="names more than 100,000 writers"):
        writer_numbers(text)


def test_what_lies_in_the_folder_is_found_and_what_does_not_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stroke_files, "find_strokes", lambda folder: folder / "uci.Z")
    assert find_stroke_files(tmp_path) == [tmp_path / "uci.Z"]
    said = describe_missing(tmp_path)
    assert said and "unipen-1a.dat" in said and "10.5281/zenodo.1195803" in said
    for name in stroke_files.EXTRACTS:
        (tmp_path / name).touch()
    assert find_stroke_files(tmp_path)[1:] == [tmp_path / name for name in stroke_files.EXTRACTS]
    assert describe_missing(tmp_path) is None


def test_credit_is_given_once_to_each_maker() -> None:
    drawings = [
        Drawing(LINE, 1, 1, source=source)
        for source in ("unipen-letters", "unipen-1a", "pendigits-orig", "mine")
    ]
    text = credits_of(drawings)
    assert text.count("zenodo.1195803") == text.count("24432/C5MG6K") == text.count("mine") == 1
