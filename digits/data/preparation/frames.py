"""What is printed or drawn around digits, to be left out: a form's boxes, a ring around an answer.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.paper import Mask
from digits.data.preparation.thickness import find_middle

MOST_BOXES = 40  # a form's; squared paper has more, and strokes cross its lines
LEAST_INSIDE = 0.25  # of the longer side of what is around it: what is smaller is a speck
STRAIGHT = 0.9  # of the smallest rectangle around it a box fills; a ring three quarters
SLASH = 2.5  # times as wide as a stroke: no wider is a zero's slash or dot
AS_THICK = 0.5  # times as thick as what is around it, at least: thinner is a line's leftover
THICKER = 1.5  # times as thick as the lines of boxes is a 1 in one of them, and no piece of a line
ROUND = 0.88  # of its length is a circle's width, at least; a zero is narrower
SHORT = 0.7  # of a circle's width: a zero's slash is longer
EVEN = 2.5  # times as thick as usual, at most: thicker, a frame has a stroke across it

INSIDE = 3  # place in OpenCV's hierarchy: the contour around a contour


def find_frames(strong: Mask) -> Mask | None:
    """The strokes of `strong` (h, w) that have others inside, as no digit has; None where there is none.

    A zero may have a slash or a dot inside, so an oval around no more than that is none.
    """
    contours, hierarchy = cv2.findContours(strong, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return None
    shapes = [Shape(np.asarray(contour, np.int32)) for contour in contours]
    for shape, around in zip(shapes, hierarchy[0, :, INSIDE], strict=True):
        if around >= 0:
            shapes[around].inside.append(shape)
            shape.is_hole = not shapes[around].is_hole
    frames = [shape for shape in shapes if not shape.is_hole and _is_frame(shape)]
    if not frames:
        return None
    _, labels = cv2.connectedComponents(strong, connectivity=8)
    found = np.zeros_like(strong)
    for frame in frames:
        left, top, wide, high = cv2.boundingRect(frame.contour)
        part = slice(top, top + high), slice(left, left + wide)
        column, row = frame.contour[0, 0]
        one = (labels[part] == labels[row, column]).astype(np.uint8)
        depth = np.asarray(cv2.distanceTransform(np.pad(one, 1), cv2.DIST_L2, 5), np.float32)
        if depth.max() <= EVEN * float(np.median(depth[find_middle(depth)])) + 1:
            found[part] |= one
    return found if found.any() else None


class Shape:
    """The outside of a stroke with its holes inside, or a hole with the strokes inside."""

    def __init__(self, contour: NDArray[np.int32]) -> None:
        self.contour = contour
        self.inside: list[Shape] = []
        self.is_hole = False

    @property
    def sides(self) -> tuple[float, float]:
        """Of the smallest rectangle around it, the shorter first."""
        shorter, longer = sorted(cv2.minAreaRect(self.contour)[1])
        return shorter, longer

    @property
    def thickness(self) -> float:
        """Of a stroke, in pixels: its area over half of its rims' length."""
        rims = [self.contour, *(hole.contour for hole in self.inside)]
        area = 2 * cv2.contourArea(self.contour) - sum(map(cv2.contourArea, rims))
        return 2 * area / max(1.0, sum(cv2.arcLength(rim, True) for rim in rims))


def _is_frame(stroke: Shape) -> bool:
    """Whether a stroke has others inside."""
    return 0 < len(stroke.inside) <= MOST_BOXES and any(
        is_around(hole, stroke.thickness, len(stroke.inside) == 1)
        for hole in stroke.inside
        if hole.inside
    )


def is_around(hole: Shape, thickness: float, is_alone: bool) -> bool:
    """Whether in a stroke's hole there is another stroke, and not just what may be in a zero.

    A straight one is taken for a 1 in a box, and if it is short and stands in a circle; where the hole
    is one of several, not alone, only if it is thicker than that stroke: a piece of squared paper's
    lines is not.
    """
    shorter, longer = hole.sides
    is_box = cv2.contourArea(hole.contour) >= STRAIGHT * shorter * longer
    for stroke in hole.inside:
        width, length = stroke.sides
        if length < LEAST_INSIDE * longer or stroke.thickness < AS_THICK * thickness:
            continue
        if width > SLASH * stroke.thickness:
            return True
        if is_box and (is_alone or stroke.thickness > THICKER * thickness):
            return True
        if shorter >= ROUND * longer and length <= SHORT * longer and _stands(stroke.contour):
            return True
    return False


def _stands(contour: NDArray[np.int32]) -> bool:
    """Whether a straight stroke stands as a 1 does, to 45 degrees."""
    wide, high = np.ptp(contour[:, 0], axis=0)
    return bool(wide <= high)
