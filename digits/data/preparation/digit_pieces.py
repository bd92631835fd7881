"""Which pieces of ink belong to the one digit that stands out in a picture.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.grouping import AS_STRONG, HALF, NEAR, SURE, Judge, gap
from digits.data.preparation.stroke_groups import Group, is_digit_like, is_words, join_groups

AS_THICK = 0.6  # of another's thickness: thinner is not drawn with the same pen
FLAT = 0.5  # of its width: what is lower is no digit by itself, but a bar
SURE_OF_WHOLE = 0.95  # how sure the judge must be of a digit whose pieces do not touch
MOST_PIECES = 1  # of a digit, apart from its body: what needs more to be one is made of letters

Prepare = Callable[[Group], NDArray[np.uint8]]  # to (28, 28)


def with_what_reaches_in(best: Group, groups: Sequence[Group]) -> Group:
    """`best` with what reaches into its box and is as strong: a five's bar, the rest of a zero."""
    for other in groups:
        is_within = other is not best and gap(other.box, best.box) == 0
        is_alike = other.contrast > AS_STRONG * best.contrast and other.longer < 1.2 * best.longer
        if is_within and is_alike:
            best = join_groups(best, other)
    return best


def what_completes(
    best: Group, groups: Sequence[Group], prepare: Prepare, judge: Judge
) -> list[Group]:
    """The pieces near `best`, drawn with the same pen, that make a digit of it, or a surer one.

    One of the two must be no sure digit by itself: a five's bar beside its body belongs to it, a two does
    not. Of more than MOST_PIECES none does. `judge` says how surely an image is a digit.
    """

    def sureness(group: Group) -> float:
        return float(judge(prepare(group)[None])[0])

    def alone(piece: Group, beside: Group) -> float:
        is_part = piece.longer < HALF * beside.longer or piece.height < FLAT * piece.width
        return 0.0 if is_part else sureness(piece)

    pieces: list[Group] = []
    rest = [group for group in groups if gap(group.box, best.box) > 0 and not is_words(group)]
    while near := [group for group in rest if _may_belong(group, best)]:
        now = sureness(best)
        wholes = [(join_groups(best, piece), piece) for piece in near]
        better = [
            (sure, place)
            for place, (whole, piece) in enumerate(wholes)
            if is_digit_like(whole)
            and (sure := sureness(whole)) >= max(SURE_OF_WHOLE, now)
            and min(alone(best, piece), alone(piece, best)) < SURE
        ]
        if not better:
            break
        best, piece = wholes[max(better)[1]]
        pieces.append(piece)
        rest.remove(piece)
    return pieces if len(pieces) <= MOST_PIECES else []


def _may_belong(piece: Group, best: Group) -> bool:
    """Whether a piece is near enough, and drawn with the same pen."""
    contrasts = sorted((piece.contrast, best.contrast))
    thicknesses = sorted((piece.thickness, best.thickness))
    return (
        gap(piece.box, best.box) < NEAR * max(piece.longer, best.longer)
        and contrasts[0] > AS_STRONG * contrasts[1]
        and thicknesses[0] > AS_THICK * thicknesses[1]
    )
