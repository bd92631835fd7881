"""How thick the strokes of a mask are, and how long their rims.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.paper import Mask


def measure_thickness(core: Mask) -> float:
    """How thick the strokes of a mask are, in pixels, by how deep its pixels are on average.

    Across a stroke of n pixels the depth goes up to n / 2 and down again: on average n / 4. The
    constant is what distanceTransform's whole pixels add. Unlike the depth along the middle, this
    does not mind a ragged or dithered rim.
    """
    depth = cv2.distanceTransform(np.pad(core, 1), cv2.DIST_L2, 5)
    return max(1.0, 4 * float(depth[depth > 0].mean()) - 2) if core.any() else 1.0


def measure_rims(mask: Mask) -> float:
    """How long all rims in a mask (h, w) are together, those of holes, too, in pixels."""
    rims, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return float(sum(cv2.arcLength(rim, True) for rim in rims))


def find_middle(depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The middles of strokes (h, w), by how deep each pixel is in its stroke."""
    return (depth > 0) & (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 1e-3)
