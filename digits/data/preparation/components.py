"""The connected components of a mask: the pieces of it that hang together.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.paper import Mask


def find_components(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The components of `mask` (h, w), corners touching: labels (h, w), and boxes (n, 5).

    A box is left, top, width, height and how many pixels are in it; label and box 0 are what is around them.

    OpenCV's own choice of an algorithm takes three times as long for a mask that is mostly empty; the
    labels are the same.
    """
    _, labels, boxes, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    return np.asarray(labels, np.int32), np.asarray(boxes, np.int32)
