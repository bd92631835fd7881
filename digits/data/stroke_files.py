"""The stroke files that the recipe `sketch` learns from: where they are from, and several read as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from digits.data.drawings import NOT_A_DIGIT, Drawing
from digits.data.pendigits import find_strokes
from digits.data.unipen import read_unipen

UNIPEN_AT = "https://doi.org/10.5281/zenodo.1195803"
MOST_WRITERS = 100_000  # to be named at once: more than all sources have together


@dataclass(frozen=True)
class Credit:
    """Who made a source of strokes, and where it is from."""

    names: tuple[str, ...]  # of the files that belong to it, without endings
    text: str


CREDITS = (
    Credit(
        ("pendigits-orig",),
        "Alimoglu and Alpaydin, Pen-Based Recognition of Handwritten Digits, UCI,"
        " DOI 10.24432/C5MG6K, CC BY 4.0",
    ),
    Credit(
        ("unipen-1a", "unipen-letters"),
        "International Unipen Foundation, The UNIPEN on-line handwritten samples collection,"
        " train_r01_v07, DOI 10.5281/zenodo.1195803, CC BY 4.0",
    ),
)
# The archive at UNIPEN_AT has every source in a format of its own; these are cut out of it, one .SEGMENT for
# each digit or letter, so they cannot be had by a download alone.
EXTRACTS = ("unipen-1a.dat", "unipen-letters.dat.gz")


# Letters that, drawn with a pen, are often just what somebody else writes as a digit.
LIKE_DIGITS = "OoIlSsZzqgbiDBGyJj"


def find_stroke_files(folder: Path) -> list[Path]:
    """The UCI strokes, downloaded if need be, and those of UNIPEN that lie in `folder`."""
    return [find_strokes(folder), *(path for path in _extracts(folder) if path.is_file())]


def describe_missing(folder: Path) -> str | None:
    """What is not in `folder` and where to get it; None when all is there."""
    missing = [path.name for path in _extracts(folder) if not path.is_file()]
    if not missing:
        return None
    return (
        f"without {' and '.join(missing)}: isolated digits and letters of {UNIPEN_AT} as .SEGMENT DIGIT text;"
        f" give them with --strokes or put them into {folder}"
    )


def _extracts(folder: Path) -> list[Path]:
    return [folder / name for name in EXTRACTS]


def read_stroke_files(paths: Sequence[Path]) -> list[Drawing]:
    """All drawings of several files, digits and others."""
    return [drawing for path in paths for drawing in read_unipen(path)]


def is_no_digit(drawing: Drawing) -> bool:
    """Whether a drawing is of something that the network should not take for a digit."""
    return drawing.label == NOT_A_DIGIT and drawing.name not in set(LIKE_DIGITS)


def by_source(drawings: Sequence[Drawing]) -> dict[str, list[Drawing]]:
    """The drawings of each stroke file."""
    groups: dict[str, list[Drawing]] = {}
    for drawing in drawings:
        groups.setdefault(drawing.source, []).append(drawing)
    return groups


def writer_numbers(text: str) -> frozenset[int]:
    """ "3,8,1003-1233/5" -> 3, 8 and every fifth from 1003 to 1233; else ValueError."""
    ranges = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9})(?:/([1-9]\d{0,8}))?)?", part.strip())
        if not found:
            raise ValueError(f"{text!r} is not like 3,8,1003-1233/5")
        first, last, step = (int(number) if number else None for number in found.groups())
        ranges.append(range(first or 0, (last if last is not None else first or 0) + 1, step or 1))
    if not all(ranges):
        raise ValueError(f"{text!r} has a range that ends before it begins")
    if sum(map(len, ranges)) > MOST_WRITERS:
        raise ValueError(f"{text!r} names more than {MOST_WRITERS:,} writers")
    return frozenset(chain.from_iterable(ranges))


def credits_of(drawings: Iterable[Drawing]) -> str:
    """Who made these drawings, as a card says it; files that are not known here by their name."""
    sources = sorted({drawing.source for drawing in drawings if drawing.source})
    texts = [
        next((credit.text for credit in CREDITS if source in credit.names), source)
        for source in sources
    ]
    return "; ".join(dict.fromkeys(texts))
