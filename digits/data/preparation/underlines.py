"""Lines that a digit stands on, to be left out: for an answer, under a sum, between a fraction's two numbers.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.paper import Mask

MOST_STROKES = 400  # where there are more, all is text
LONG = 6.0  # times as long as thick, at least, is a line
SHORTEST = 12  # pixels
FLAT = 3.0  # times as wide as high, at least
SLOPE = 0.27  # of its length a line may rise: 15 degrees
BELOW = 0.85  # of the height of what stands on it: farther up it is that digit's own bar
NEAR_BELOW = 1.6  # of the same: farther down it belongs to something else
WIDER = 1.2  # times as wide as what stands on it
ABOVE = 0.7  # of the width of what stands on it, at least, is above the line
SMALLEST = 0.25  # of the line's width: what is lower than this does not stand on it, but is a speck
CAP = 0.12  # of the height of what is under it: a line as near as this is that digit's bar


def remove_underlines(strong: Mask) -> Mask:
    """The strokes `strong` (h, w) without level lines on which something narrower stands.

    A digit's own bar stays: it is not below the rest of it, or is nearer to what is under it, as a five's.
    """
    labels, stats = find_components(strong)
    if not 2 < len(stats) <= MOST_STROKES:
        return strong
    boxes = stats[1:, :4].astype(float)
    is_flat = (boxes[:, 2] >= FLAT * boxes[:, 3]) & (boxes[:, 2] >= SHORTEST)
    gone = np.zeros(len(stats), bool)
    for place in np.flatnonzero(is_flat):
        left, top, wide, high = stats[place + 1, :4]
        line = labels[top : top + high, left : left + wide] == place + 1
        gone[place + 1] = _is_straight(line) and _carries(boxes[place], boxes[~is_flat])
    return np.where(gone[labels], 0, strong).astype(np.uint8) if gone.any() else strong


def _is_straight(line: NDArray[np.bool_]) -> bool:
    """Whether a stroke (h, w) is a straight line, about level."""
    thick, long = sorted(cv2.minAreaRect(cv2.findNonZero(line.astype(np.uint8)))[1])
    high, wide = line.shape
    return long >= LONG * (thick + 1) and high <= SLOPE * wide + thick + 2


def _carries(line: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Whether one of the `others` (n, 4) stands on a line (4,): each left, top, width, height."""
    left, top, wide, high = others.T
    shared = np.minimum(left + wide, line[0] + line[2]) - np.maximum(left, line[0])
    middle = line[1] + line[3] / 2
    stands = (
        (high >= SMALLEST * line[2])
        & (shared >= ABOVE * wide)
        & (line[2] >= WIDER * wide)
        & (top + BELOW * high <= middle)
        & (middle <= top + NEAR_BELOW * high)
    )
    if not stands.any():
        return False
    above = (line[1] - (top + high))[stands].min()
    below = top - (line[1] + line[3])
    is_cap = (shared > 0) & (top >= line[1]) & (below < np.minimum(CAP * high, above))
    return not is_cap.any()
