"""Which strokes make one digit: on the pad, and among the pieces of ink that a picture has.

Strokes that touch are one piece. Pieces that do not touch are joined where one of them is no digit
by itself and both together are one (a five and its bar), or where they are stacked closely (an 8 of
two circles). What is a digit is asked of a `Judge`, which a network can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import Strokes, check_strokes
from digits.data.preparation.centring import Prepared
from digits.data.preparation.strokes import measure, prepare_strokes, space_out

# Images (n, 28, 28) uint8 -> how surely each is a digit (n,), 0..1
Judge = Callable[[NDArray[np.uint8]], NDArray[np.floating]]
Box = tuple[float, float, float, float]  # left, top, right, bottom in any one unit

TOUCHING = 0.06  # of the digits' size: strokes nearer than this are one piece
NEAR = 0.35  # of the digits' size: pieces farther apart are never one digit
HALF = 0.6  # of the digits' size: a smaller piece is no digit by itself
TALLEST, WIDEST = 1.5, 1.4  # of the digits' size: nothing larger is one digit
CLOSE = 0.15  # of the digits' size: the gap between the two halves of an 8
SURE = 0.8  # how sure the judge must be of a whole
UNSURE = 0.5  # below this a piece is no digit by itself
WHOLE = 0.9  # a drawing that is read more surely than this as it stands is one digit
TALLEST_OF_TWO = 2.2  # of the digits' size, where two pieces may be the two halves of one
AS_STRONG = 0.6  # of another's contrast: weaker is not written with the same pen
DOT = 0.12  # of the digits' size: no digit has a dot
LEAST_SIZE = 0.05  # of the pad: digits are not smaller
MOST_STROKES = 100  # no pad of digits has more: such a drawing is read as one


class Piece(Protocol):
    """What can be joined: pen strokes or ink, with its box."""

    @property
    def box(self) -> Box: ...


P = TypeVar("P", bound=Piece)


def join_pieces(
    pieces: Sequence[P],
    join: Callable[[P, P], P],
    prepare: Callable[[P], NDArray[np.uint8]],
    judge: Judge,
) -> list[P]:
    """`pieces` of digits joined to whole digits, the surest pair first."""
    pieces = list(pieces)  # a whole is added at the end
    left = list(range(len(pieces)))  # the places of what is not joined yet
    size = typical_size(pieces)
    # Two pieces may be the two halves of one digit: then nothing else tells how tall it is.
    tallest = (TALLEST_OF_TWO if len(pieces) <= 2 else TALLEST) * size
    scores = [_alone(piece, size, prepare, judge) for piece in pieces]
    pairs = list(combinations(left, 2))
    sure: dict[tuple[int, int], float] = {}  # a pair is judged once, and stays while both are left
    while True:
        pairs = [
            (i, j)
            for i, j in pairs
            if _may_join(pieces[i].box, pieces[j].box, scores[i], scores[j], size, tallest)
        ]
        if pairs:
            images = [prepare(join(pieces[i], pieces[j])) for i, j in pairs]
            sure.update(zip(pairs, judge(np.stack(images)).tolist(), strict=True))
        best = min(sure, key=lambda pair: (-sure[pair], pair), default=None)
        if best is None or sure[best] < SURE:
            return [pieces[place] for place in left]
        pieces.append(join(pieces[best[0]], pieces[best[1]]))
        scores.append(sure[best])
        sure = {pair: score for pair, score in sure.items() if not set(pair) & set(best)}
        left = [place for place in left if place not in best]
        pairs = [(place, len(pieces) - 1) for place in left]
        left.append(len(pieces) - 1)


def _alone(piece: P, size: float, prepare: Callable[[P], NDArray[np.uint8]], judge: Judge) -> float:
    """How surely a piece is a digit by itself; a small one is none."""
    if longer(piece.box) < HALF * size:
        return 0.0
    return float(judge(prepare(piece)[None])[0])


def _may_join(
    one: Box, other: Box, score: float, other_score: float, size: float, tallest: float
) -> bool:
    whole = around(one, other)
    if gap(one, other) > NEAR * size or whole[3] - whole[1] > tallest:
        return False
    if whole[2] - whole[0] > WIDEST * size:
        return False
    return min(score, other_score) < UNSURE or is_stacked(one, other, CLOSE * size)


def is_stacked(one: Box, other: Box, close: float) -> bool:
    """Whether one box stands on the other, mostly above it and at most `close` apart."""
    shared = min(one[2], other[2]) - max(one[0], other[0])
    narrower = min(one[2] - one[0], other[2] - other[0])
    apart = max(one[1], other[1]) - min(one[3], other[3])
    return shared >= 0.6 * narrower and -close <= apart <= close


def typical_size(pieces: Sequence[Piece]) -> float:
    """The longer side that digits have here: the median, of the pieces that are not small."""
    sides = np.array([longer(piece.box) for piece in pieces])
    return float(np.median(sides[sides >= 0.5 * sides.max()])) if len(sides) else 0.0


def longer(box: Box) -> float:
    """The longer side of a box."""
    return max(box[2] - box[0], box[3] - box[1])


def gap(one: Box, other: Box) -> float:
    """How far two boxes are apart; 0 where they share something."""
    across = max(0.0, max(one[0], other[0]) - min(one[2], other[2]))
    down = max(0.0, max(one[1], other[1]) - min(one[3], other[3]))
    return float(np.hypot(across, down))


def around(one: Box, other: Box) -> Box:
    """The box around two boxes."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def reading_order(pieces: Sequence[P]) -> list[P]:
    """`pieces` line by line, each line from left to right, even where lines slope a little."""
    lines: list[list[P]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[0]):
        fitting = [line for line in lines if _share_of_height(line[-1].box, piece.box) >= 0.4]
        if fitting:
            max(fitting, key=lambda line: _share_of_height(line[-1].box, piece.box)).append(piece)
        else:
            lines.append([piece])
    lines.sort(key=lambda line: float(np.mean([piece.box[1] + piece.box[3] for piece in line])))
    return [piece for line in lines for piece in line]


def _share_of_height(one: Box, other: Box) -> float:
    """How much of the lower one's height two boxes share."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared / max(min(one[3] - one[1], other[3] - other[1]), 1e-9)


# ---- strokes on the pad ----------------------------------------------------------------------------


class StrokePiece:
    """Strokes that touch."""

    def __init__(self, strokes: Strokes) -> None:
        self.strokes = strokes
        self.box = _box_of(np.concatenate(strokes))

    def prepare(self) -> Prepared:
        return prepare_strokes(self.strokes)


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
    if len(pieces) > 1 and judge(prepare_strokes(checked).image[None])[0] > WHOLE:
        return [checked]
    return [piece.strokes for piece in reading_order(pieces)]


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


def _box_of(points: NDArray[np.float64]) -> Box:
    """The box around points (n, 2)."""
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right, bottom


def _distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The least distance between the points of two lines."""
    return float(np.sqrt(np.square(one[:, None] - other[None]).sum(axis=2).min()))
