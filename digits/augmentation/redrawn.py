"""Images of digits drawn again with another pen: along the middle of their strokes, as thick as wanted.

Paper is written on with ballpoints and brushes, and the preparation brings their strokes to one thickness
without MNIST's own swellings: the network should know such digits, too. Needs OpenCV.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digits.data.preparation.centring import DIGIT, paste_centred, to_bytes

Mask = NDArray[np.float32]  # (h, w), 0..1: how much of a pixel is covered

FILLED = 0.05  # of the ink: so much is too far from the strokes' middle where a loop is filled
LOST = 0.01  # of the ink: so much is beside the enlarged digit where strokes were too faint for it
BESIDE = 1.5  # of MNIST's pixels: ink so far from the enlarged digit is lost
GAP = 3.0  # of MNIST's pixels: pieces of a digit that are closer than this were one stroke
BRIDGE = 1.3  # of MNIST's pixels: how thick a stroke is where a gap in it is closed
DRAWN = 80  # pixels: the longer side of a digit that is drawn again
PENS = (0.07, 0.15)  # of the longer side: what the preparation leaves of thin and thick pens


def redraw(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """An MNIST image (28, 28) drawn again with a random pen and prepared.

    As it is where a loop is filled or strokes are too faint: it would become another digit.
    """
    shape = enlarge(image, DRAWN)
    bones = find_skeleton(shape > 0.5)
    if _is_filled(shape > 0.5, bones) or _is_lost(image, shape):
        return image
    drawn = _draw_along(bones, random.uniform(*PENS) * DRAWN)
    rows, columns = (np.flatnonzero(drawn.max(axis=axis) > 0.5) for axis in (1, 0))
    cut = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = DIGIT / max(cut.shape)
    size = tuple(max(1, round(side * scale)) for side in cut.shape[::-1])
    small = np.asarray(Image.fromarray(cut).resize(size, Image.Resampling.BOX), dtype=np.float64)
    return paste_centred(to_bytes(small / small.max()))


def draw_with_pen(image: NDArray[np.uint8], side: int, pen: float) -> Mask:
    """The digit of an MNIST image (28, 28), `side` pixels long, as a stroke `pen` of that thick."""
    return _draw_along(find_skeleton(enlarge(image, side) > 0.5), max(1.2, pen * side))


def enlarge(image: NDArray[np.uint8], side: int) -> Mask:
    """The digit of an MNIST image (28, 28), `side` pixels long, with a margin of two of MNIST's pixels.

    A thin stroke that is interrupted, as MNIST's are where they were faint, becomes whole again.
    """
    tight = _cut(image).astype(np.float32) / 255
    factor = side / (max(tight.shape) - 4)
    large = cv2.resize(tight, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), factor * 0.35)
    shape: Mask = np.clip((large - 0.4) * factor / 2 + 0.5, 0, 1).astype(np.float32)
    return _close_gaps(shape, factor)


def _cut(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The digit of an image (28, 28) with a margin of two pixels."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return np.pad(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 2)


def _close_gaps(shape: Mask, factor: float) -> Mask:
    """A digit (h, w), `factor` times as large as MNIST's, whose near pieces are joined, the nearest first."""
    count, labels = cv2.connectedComponents((shape > 0.5).astype(np.uint8), connectivity=8)
    pieces = np.asarray(labels, np.int32)
    left = set(range(1, count))
    while len(left) > 1:
        distance, piece, start, end = min(_shortest_way(pieces, piece) for piece in left)
        if distance >= GAP * factor:
            break
        bridge = np.zeros_like(shape)
        cv2.line(bridge, start, end, 1.0, max(1, round(BRIDGE * factor)))
        shape = np.maximum(shape, cv2.GaussianBlur(bridge, (0, 0), 0.2 * factor))
        pieces[pieces == piece] = pieces[end[::-1]]
        left.remove(piece)
    return shape


def _shortest_way(
    pieces: NDArray[np.int32], piece: int
) -> tuple[float, int, tuple[int, int], tuple[int, int]]:
    """How far a piece is from the nearest other one: pixels, the piece, and where (x, y) each begins."""
    away = cv2.distanceTransform((pieces != piece).astype(np.uint8), cv2.DIST_L2, 5)
    away[(pieces == piece) | (pieces == 0)] = np.inf
    row, column = np.unravel_index(int(np.argmin(away)), away.shape)
    own = np.argwhere(pieces == piece)
    near = own[np.argmin(((own - (row, column)) ** 2).sum(axis=1))]
    return float(away[row, column]), piece, (int(near[1]), int(near[0])), (int(column), int(row))


def has_filled_loop(image: NDArray[np.uint8]) -> bool:
    """Whether a digit (28, 28) has a loop that is all ink: a thin pen would draw a stub there.

    Such a six becomes an l, so that what is drawn is another digit than its label says.
    """
    shape = enlarge(image, 120) > 0.5
    return _is_filled(shape, find_skeleton(shape))


def loses_strokes(image: NDArray[np.uint8]) -> bool:
    """Whether strokes of a digit (28, 28) are so faint or dotted that it is not enlarged with them."""
    return _is_lost(image, enlarge(image, DRAWN))


def _is_lost(image: NDArray[np.uint8], shape: Mask) -> bool:
    """Whether some of an image's ink lies beside the digit that it was enlarged to (h, w)."""
    ink = _cut(image).astype(float)
    away = cv2.distanceTransform((shape <= 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.resize(away, ink.shape[::-1], interpolation=cv2.INTER_AREA)
    beside = away > BESIDE * max(shape.shape) / max(ink.shape)
    return bool(ink[beside].sum() > LOST * ink.sum())


def _draw_along(bones: NDArray[np.bool_], thickness: float) -> Mask:
    """A stroke so many pixels thick along `bones` (h, w), with room for it around them."""
    beside = np.pad(~bones, int(thickness) + 2, constant_values=True).astype(np.uint8)
    away = cv2.distanceTransform(beside, cv2.DIST_L2, 5)
    drawn: Mask = np.clip(thickness / 2 + 0.5 - away, 0, 1).astype(np.float32)
    return drawn


def _is_filled(shape: NDArray[np.bool_], bones: NDArray[np.bool_]) -> bool:
    """Whether much of a shape (h, w) is 1.5 times as far from its skeleton as is usual: no stroke is."""
    depth = cv2.distanceTransform(np.pad(shape.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    away = cv2.distanceTransform(1 - bones.astype(np.uint8), cv2.DIST_L2, 5)
    far = shape & (away > 1.5 * float(np.median(depth[bones])))
    return bool(far.sum() > FILLED * shape.sum())


def find_skeleton(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The skeleton of a shape (h, w) (Zhang and Suen, "A fast parallel algorithm for thinning", 1984)."""
    shape = np.pad(shape, 1)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            ring = _ring(shape)
            neighbours = ring.sum(axis=0)
            turns = (~ring & np.roll(ring, -1, axis=0)).sum(axis=0)
            p2, p4, p6, p8 = ring[0], ring[2], ring[4], ring[6]
            one, other = (p2 & p4 & p6, p4 & p6 & p8) if first else (p2 & p4 & p8, p2 & p6 & p8)
            gone = shape & (neighbours >= 2) & (neighbours <= 6) & (turns == 1) & ~one & ~other
            changed |= bool(gone.any())
            shape = shape & ~gone
    return shape[1:-1, 1:-1]


def _ring(shape: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The eight neighbours (8, h, w) of every pixel, from the one above, clockwise."""
    steps = [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)]
    return np.stack([np.roll(shape, step, axis=(0, 1)) for step in steps])
