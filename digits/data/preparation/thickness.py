"""How thick strokes are, how long their rims, and strokes made thicker or thinner.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.paper import Mask

THINNER = 0.1  # of the strokes' middles: so many are in strokes that must not vanish


def measure_thickness(core: Mask) -> float:
    """How thick the strokes of a mask are, in pixels, by how deep its pixels are on average.

    Across a stroke of n pixels the depth goes up to n / 2 and down again: on average n / 4. The
    constant is what distanceTransform's whole pixels add. Unlike the depth along the middle, this
    does not mind a ragged or dithered rim.
    """
    depth = _find_depth(core)
    return max(1.0, 4 * float(depth[depth > 0].mean()) - 2) if core.any() else 1.0


def measure_thickest(core: Mask) -> float:
    """How thick the strokes of a mask are where they are thickest, in pixels."""
    return 2 * float(_find_depth(core).max())


def measure_rims(mask: Mask) -> float:
    """How long all rims in a mask (h, w) are together, those of holes, too, in pixels."""
    rims, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return float(sum(cv2.arcLength(rim, True) for rim in rims))


def find_middle(depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The middles of strokes (h, w), by how deep each pixel is in its stroke."""
    return (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 1e-3)


def thicken(ink: NDArray[np.float32], thickness: float, wanted: float) -> NDArray[np.float32]:
    """`ink` (h, w) with strokes `wanted` pixels thick instead of `thickness`, tight around them."""
    grow = (wanted - thickness) / 2
    margin = int(np.ceil(grow)) + 1
    core = np.pad((ink > 0.5).astype(np.uint8), margin)
    if not core.any():
        return ink
    return _tight(grow + 1 - cv2.distanceTransform(1 - core, cv2.DIST_L2, 5))


def thin(
    ink: NDArray[np.float32], thickness: float, wanted: float, least: float
) -> NDArray[np.float32]:
    """`ink` (h, w) with strokes `wanted` pixels thick instead of `thickness`, tight around them.

    Less is taken off where thinner strokes, a tenth of them all, would become thinner than `least`: of
    an eight whose upper loop is filled the lower one would vanish.
    """
    depth = _find_depth((ink > 0.5).astype(np.uint8))
    middle = find_middle(depth)
    spare = float(np.quantile(depth[middle], THINNER)) - least / 2 if middle.any() else 0.0
    shrink = min((thickness - wanted) / 2, spare)
    return ink if shrink <= 0 else _tight(np.where(depth > 0, 0.5 - shrink + depth, 0))


def _find_depth(core: Mask) -> NDArray[np.float32]:
    """How far from the paper each pixel of a mask (h, w) is, with a rim of paper: (h + 2, w + 2)."""
    return cv2.distanceTransform(np.pad(core, 1), cv2.DIST_L2, 5)


def _tight(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """`ink` (h, w) in 0..1 without the empty rows and columns around it."""
    ink = np.clip(ink, 0, 1)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
