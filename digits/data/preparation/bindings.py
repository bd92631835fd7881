"""The holes and wires along a picture's edge that hold a notebook's sheets together, to be left out.

One by one they look like small threes and ones. Together they are as no digits are: all alike, evenly apart,
and what is written beside them is of another size.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.paper import Mask

STRIP = 0.15  # of the picture's side: farther from the edge than that is no binding
FEWEST = 8  # pieces
EVEN = 0.12  # of the usual distance between two pieces: the next one differs by less, as no hand writes
GAPS = 0.55  # of that distance, at most, is a piece long; digits in a column fill more of it
MOSTLY = 0.75  # of the distances, at least, are even
PIECE = 12  # pixels: the side of a square into which a piece is shrunk to compare its shape
ALIKE = 0.8  # cosine of a piece's shape with the usual one; a half of different digits have 0.7
MOSTLY_ALIKE = 0.75  # of the pieces, at least, are alike
AS_LARGE = 0.6  # of the pieces' size or of what is beside them: with that they are of one size
FEW = 0.5  # of the pieces: so many as large beside them are a page of digits in rows


def remove_bindings(strong: Mask) -> Mask:
    """The strokes `strong` (h, w) without the holes and wires along one of the four edges."""
    labels, stats = find_components(strong)
    if len(stats) <= FEWEST:
        return strong
    gone = np.zeros(len(stats), bool)
    gone[0] = True  # it is what is around them
    for axis in (0, 1):  # the distance from the left and right edge, from the upper and lower
        side = strong.shape[1 - axis]
        near, far = stats[:, axis], stats[:, axis] + stats[:, axis + 2]
        for is_along in (far <= STRIP * side, near >= (1 - STRIP) * side):
            pieces = np.flatnonzero(is_along[1:]) + 1
            if _is_binding(labels, stats, pieces, 1 - axis) and _stands_apart(stats, pieces):
                gone[pieces] = True
    is_changed = gone.sum() > 1 and not gone.all()
    return np.where(gone[labels], 0, strong).astype(np.uint8) if is_changed else strong


def _is_binding(
    labels: NDArray[np.int32], stats: NDArray[np.int32], pieces: NDArray[np.intp], axis: int
) -> bool:
    """Whether `pieces`, places in `stats`, are alike and evenly apart, to the right (axis 0) or down (1)."""
    if len(pieces) < FEWEST:
        return False
    middles = stats[pieces, axis] + stats[pieces, axis + 2] / 2
    apart = np.diff(np.sort(middles))
    usual = np.median(apart)
    if np.median(stats[pieces, axis + 2]) > GAPS * usual:
        return False
    if (np.abs(np.diff(apart)) < EVEN * usual).mean() < MOSTLY:
        return False
    shapes = np.stack([_shape_of(labels, stats, int(piece)) for piece in pieces])
    pattern = np.median(shapes, axis=0)
    lengths = np.linalg.norm(shapes, axis=1) * np.linalg.norm(pattern)
    alike = shapes @ pattern >= ALIKE * lengths
    return bool(alike.mean() >= MOSTLY_ALIKE)


def _stands_apart(stats: NDArray[np.int32], pieces: NDArray[np.intp]) -> bool:
    """Whether little else is as large as the `pieces`, places in `stats`."""
    longer = stats[1:, 2:4].max(axis=1)
    usual = np.median(longer[pieces - 1])
    is_as_large = (longer > AS_LARGE * usual) & (longer < usual / AS_LARGE)
    return bool(is_as_large.sum() - is_as_large[pieces - 1].sum() < FEW * len(pieces))


def _shape_of(
    labels: NDArray[np.int32], stats: NDArray[np.int32], piece: int
) -> NDArray[np.float32]:
    """A piece's ink in a square as large as each other's (PIECE * PIECE,)."""
    left, top, wide, high = stats[piece, :4]
    mask = (labels[top : top + high, left : left + wide] == piece).astype(np.float32)
    small = cv2.resize(mask, (PIECE, PIECE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).ravel()
