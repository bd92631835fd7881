"""Which pieces make one digit: of the pad's strokes (pad_digits.py) and of the ink that a picture has.

Pieces, which do not touch, are joined where one of them is no digit by itself and both together are
one (a five and its bar), or where they are stacked closely (an 8 of two circles). What is a digit is
asked of a `Judge`, which a network can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

# Images (n, 28, 28) uint8 -> how surely each is a digit (n,), 0..1
Judge = Callable[[NDArray[np.uint8]], NDArray[np.floating]]


class PictureJudge(Protocol):
    """A Judge that also says which digits it sees in images out of a picture."""

    def __call__(self, images: NDArray[np.uint8], /) -> NDArray[np.floating]: ...

    def look(self, images: NDArray[np.uint8]) -> NDArray[np.floating]:
        """Images (n, 28, 28) -> how likely each of the ten digits is (n, 10)."""
        ...


Box = tuple[float, float, float, float]  # left, top, right, bottom in any one unit

NEAR = 0.35  # of the digits' size: pieces farther apart are never one digit
HALF = 0.6  # of the digits' size: a smaller piece is no digit by itself
TALLEST, WIDEST = 1.5, 1.4  # of the digits' size: nothing larger is one digit
CLOSE = 0.15  # of the digits' size: the gap between the two halves of an 8
SURE = 0.8  # how sure the judge must be of a whole
UNSURE = 0.5  # below this a piece is no digit by itself
TALLEST_OF_TWO = 2.2  # of the digits' size, where two pieces may be the two halves of one
AS_STRONG = 0.6  # of another's contrast: weaker is not written with the same pen


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
