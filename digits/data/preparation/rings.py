"""A ring that a hand drew around a digit and that does not close, or runs on past its start.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.frames import LEAST_INSIDE, Shape, is_around
from digits.data.preparation.paper import Mask
from digits.data.preparation.thickness import measure_rims

MOST_STROKES = 200  # where there are more, all is text
SMALLEST = 30  # pixels: the longer side of a ring
SLIMMEST = 0.5  # of its longer side
COVERED = 0.8  # of all directions from what is inside a ring it is met in, at least
DIRECTIONS = 72


def find_open_rings(strong: Mask) -> Mask | None:
    """The strokes of `strong` (h, w) that go around another one without closing; None where there is none.

    What may be inside a zero, a slash or a dot, has no ring around it, as in frames.py.
    """
    labels, stats = find_components(strong)
    if not 2 < len(stats) <= MOST_STROKES:
        return None
    found = np.zeros_like(strong)
    sides = stats[:, 2:4]
    is_large = (sides.max(axis=1) >= SMALLEST) & (sides.min(axis=1) >= SLIMMEST * sides.max(axis=1))
    for ring in (np.flatnonzero(is_large[1:]) + 1).tolist():
        inside = _inside(stats, ring)
        left, top, wide, high = stats[ring, :4]
        part = labels[top : top + high, left : left + wide]
        if len(inside) and _goes_around(part, ring, inside):
            found[top : top + high, left : left + wide] |= (part == ring).astype(np.uint8)
    return found if found.any() else None


def _inside(stats: NDArray[np.int32], ring: int) -> NDArray[np.intp]:
    """Places of the strokes whose box is inside that of the stroke `ring` and that are no specks."""
    low, high = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    is_inside = (low > low[ring]).all(axis=1) & (high < high[ring]).all(axis=1)
    is_inside &= stats[:, 2:4].max(axis=1) >= LEAST_INSIDE * stats[ring, 2:4].max()
    return np.flatnonzero(is_inside)


def _goes_around(part: NDArray[np.int32], ring: int, inside: NDArray[np.intp]) -> bool:
    """Whether the stroke `ring` of `part` (h, w) goes around one of those `inside` as no zero does."""
    outer = np.argwhere(part == ring)
    hull = Shape(np.asarray(cv2.convexHull(outer[:, ::-1].astype(np.int32)), np.int32))
    for place in inside:
        one = np.argwhere(part == place)
        middle = one.mean(axis=0)
        near = _reach(outer, middle, np.minimum, np.inf)
        is_met = np.isfinite(near)
        is_out = near > _reach(one, middle, np.maximum, 0.0)
        if is_met.mean() >= COVERED and is_out[is_met].all():
            hull.inside.append(_shape_of(part == place))
    thickness = 2 * len(outer) / max(1.0, measure_rims((part == ring).astype(np.uint8)))
    return bool(hull.inside) and is_around(hull, thickness, is_alone=True)


def _reach(
    places: NDArray[np.intp], middle: NDArray[np.float64], pick: np.ufunc, start: float
) -> NDArray[np.float64]:
    """How far the nearest or farthest of `places` (n, 2) is in each of DIRECTIONS; `start` where none is."""
    down, right = (places - middle).T
    turn = (np.arctan2(down, right) / (2 * np.pi) % 1 * DIRECTIONS).astype(int) % DIRECTIONS
    far = np.full(DIRECTIONS, start)
    pick.at(far, turn, np.hypot(down, right))
    return far


def _shape_of(stroke: NDArray[np.bool_]) -> Shape:
    """A stroke (h, w) with its holes."""
    mask = stroke.astype(np.uint8)
    rims, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    outside, *holes = sorted(rims, key=cv2.contourArea, reverse=True)
    shape = Shape(np.asarray(outside, np.int32))
    shape.inside = [Shape(np.asarray(hole, np.int32)) for hole in holes]
    return shape
