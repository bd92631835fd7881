"""Why strokes cannot be one digit, whatever a network says of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from digits.data.drawings import Strokes
from digits.server.messages import Trouble

DOT = 0.04  # a stroke no longer than this part of the pad is a dot
GAP = 0.06  # shapes further apart than this part of the pad, side by side, are two


def find_trouble(strokes: Strokes) -> Trouble | None:
    """What is wrong with `strokes` as one digit: only dots, or several shapes apart; else None."""
    if all(_length(stroke) <= DOT for stroke in strokes):
        return {"code": "only_dots", "values": {}}
    shapes = count_shapes(strokes)
    return {"code": "shapes_apart", "values": {"count": shapes}} if shapes > 1 else None


def _length(stroke: NDArray[np.float64]) -> float:
    return math.dist(stroke.min(axis=0), stroke.max(axis=0))


def count_shapes(strokes: Strokes) -> int:
    """How many tall shapes stand side by side with a gap between them, as in a drawn "17"."""
    height = np.concatenate(strokes)[:, 1]
    tall = 0.5 * (height.max() - height.min())
    groups: list[list[float]] = []  # left, right, top, bottom of strokes that overlap from above
    for stroke in sorted(strokes, key=lambda stroke: stroke[:, 0].min()):
        (left, top), (right, bottom) = stroke.min(axis=0), stroke.max(axis=0)
        if groups and left - groups[-1][1] <= GAP:
            last = groups[-1]
            groups[-1] = [last[0], max(last[1], right), min(last[2], top), max(last[3], bottom)]
        else:
            groups.append([left, right, top, bottom])
    return max(1, sum(1 for _, _, top, bottom in groups if bottom - top >= tall))
