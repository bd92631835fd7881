"""Which strokes on the pad make one digit, as digits/page/static/core/pad_digits.js does it.

Strokes that touch are one piece, and pieces are joined as grouping.py says. Digits may touch, too:
a piece of several strokes is cut between two of them where it is no digit, or wider than digits are,
and all that comes of it is surely a digit. Golden vectors hold the two languages together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import Strokes, check_strokes
from digits.data.preparation.centring import Prepared
from digits.data.preparation.grouping import (
    Box,
    Judge,
    gap,
    join_pieces,
    longer,
    reading_order,
)
from digits.data.preparation.strokes import measure, prepare_strokes, space_out

TOUCHING = 0.06  # of the digits' size: strokes nearer than this are one piece
WHOLE = 0.9  # a drawing that is read more surely than this as it stands is one digit
DOT = 0.12  # of the digits' size: no digit has a dot
LEAST_SIZE = 0.05  # of the pad: digits are not smaller
MOST_STROKES = 100  # no pad of digits has more: such a drawing is read as one
CUT_SURE = 0.98  # how sure the judge must be of each part of a cut: a B is no 13
MOST_OF_ONE = 4  # strokes: no digit has more
AS_LARGE = 0.75  # of its neighbour's longer side: a smaller part is a piece of it
OVERLAP = (
    0.4  # of the larger neighbour's longer side, as which they share at most from left to right
)


class StrokePiece:
    """Strokes that touch."""

    def __init__(self, strokes: Strokes) -> None:
        self.strokes = strokes
        self.box = _box_of(np.concatenate(strokes))

    def prepare(self) -> Prepared:
        return prepare_strokes(self.strokes)

    def judged_by(self, judge: Judge) -> float:
        """How surely it is one digit, 0..1."""
        return float(judge(self.prepare().image[None])[0])


def group_strokes(strokes: Strokes, judge: Judge) -> list[Strokes]:
    """The strokes of each digit of a drawing, in reading order; stray dots are left out.

    One digit in several strokes stays one: see this module's first lines. So does a drawing of more
    than MOST_STROKES. DrawingError as of check_strokes.
    """
    checked = check_strokes(strokes)
    if len(checked) > MOST_STROKES:
        return [checked]
    pieces = [StrokePiece(part) for part in _touching(checked)]
    if len(pieces) > 1:
        size = max(longer(piece.box) for piece in pieces)
        pieces = [piece for piece in pieces if longer(piece.box) >= DOT * size]
        pieces = join_pieces(
            pieces,
            lambda one, other: StrokePiece([*one.strokes, *other.strokes]),
            lambda piece: piece.prepare().image,
            judge,
        )
    if len(pieces) > 1 and StrokePiece(checked).judged_by(judge) > WHOLE:
        pieces = [StrokePiece(checked)]
    digits = [digit for piece in pieces for digit in _cut_apart(piece, judge)]
    return [digit.strokes for digit in reading_order(digits)]


def _touching(strokes: Strokes) -> list[Strokes]:
    """Strokes in sets that touch each other."""
    if len(strokes) < 2:
        return [strokes] if strokes else []
    boxes = [_box_of(stroke) for stroke in strokes]
    near = TOUCHING * max(LEAST_SIZE, max(longer(box) for box in boxes))
    lines = [space_out(stroke, measure(stroke), 64) for stroke in strokes]
    sets: list[list[int]] = []
    for place, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        touched = [
            one
            for one in sets
            if any(gap(box, boxes[k]) <= near and _distance(line, lines[k]) < near for k in one)
        ]
        sets = [one for one in sets if one not in touched]
        sets.append([k for one in touched for k in one] + [place])
    return [[strokes[k] for k in sorted(one)] for one in sets]


@dataclass(frozen=True)
class _Cut:
    """Digits written one after the other, and how sure the judge is of the least sure one."""

    digits: list[StrokePiece]
    sureness: float


def _cut_apart(piece: StrokePiece, judge: Judge) -> list[StrokePiece]:
    """The digits of a piece in the order of their strokes; the piece itself where it is one."""
    count = len(piece.strokes)
    left, top, right, bottom = piece.box
    if count < 2 or (right - left < bottom - top and piece.judged_by(judge) > WHOLE):
        return [piece]
    # The best cut of all strokes from each on, the last first; of no strokes it is no digits.
    cuts: list[_Cut | None] = [*[None] * count, _Cut([], 1.0)]
    for start in reversed(range(count)):
        for end in range(start + 1, min(count, start + MOST_OF_ONE) + 1):
            cut = _put_before(StrokePiece(piece.strokes[start:end]), cuts[end], judge)
            best = cuts[start]
            if cut and (best is None or cut.sureness > best.sureness):
                cuts[start] = cut
    return cuts[0].digits if cuts[0] else [piece]


def _put_before(piece: StrokePiece, cut: _Cut | None, judge: Judge) -> _Cut | None:
    """A cut with a digit before its first; None where that is surely none, or none beside it."""
    if cut is None or (cut.digits and not _are_neighbours(piece.box, cut.digits[0].box)):
        return None
    sureness = piece.judged_by(judge)
    return _Cut([piece, *cut.digits], min(sureness, cut.sureness)) if sureness >= CUT_SURE else None


def _are_neighbours(one: Box, other: Box) -> bool:
    """Whether two boxes are about as large and side by side."""
    small, large = sorted((longer(one), longer(other)))
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return small >= AS_LARGE * large and shared <= OVERLAP * large


def _box_of(points: NDArray[np.float64]) -> Box:
    """The box around points (n, 2)."""
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right, bottom


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The least distance between the points of two lines."""
    return float(np.sqrt(np.square(one[:, None] - other[None]).sum(axis=2).min()))
