"""Paper and its light apart from ink: how much darker than the paper each pixel of a picture is.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Contrast = NDArray[np.float32]  # (h, w), 0..1: the part of the paper's light that a pixel lacks
Mask = NDArray[np.uint8]  # (h, w), 0 or 1

BROADEST = 0.15  # of the shorter side: no light stroke is broader
MEDIAN = 31  # pixels of a picture 160 long: wider than any stroke of a photo
PLAIN = 0.12  # of the ink's contrast: no paper is darker beside the ink; what is may be a wall
STEP = 50.0  # grey levels: by more the paper does not change, but a table begins


def find_contrast(dark: NDArray[np.uint8], size: int) -> tuple[Contrast, float]:
    """How much darker each pixel (h, w) of `dark` (h, w, 3) is than the paper; and the noise.

    The paper is what a morphological closing leaves: what is narrower than `size` pixels and darker
    than its surroundings vanishes. Dividing by it takes the light away, most of a shadow included.
    """
    paper = _find_paper(dark, size)
    # 4 grey levels more on both sides: in the dark a level up or down is no contrast.
    left = cv2.divide(cv2.add(dark, (4.0,) * 4), cv2.add(paper, (4.0,) * 4), dtype=cv2.CV_32F)
    # Half by the colour that lacks most: yellow ink lacks nothing but blue.
    red, green, blue = cv2.split(left)
    darkest = cv2.min(cv2.min(red, green), blue)
    contrast = 1 - (cv2.transform(left, np.full((1, 3), 1 / 3, np.float32)) + darkest) / 2
    part = contrast[: 2 * max(contrast.shape) // 3 : 2]  # enough to know the noise by
    noise = 1.48 * float(np.median(np.abs(part - cv2.GaussianBlur(part, (0, 0), 2))))
    return np.clip(contrast, 0, 1), noise


def _find_paper(colours: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The paper (h, w, 3) under the ink, from a picture half as large: it has no detail."""
    height, width = colours.shape[:2]
    half = cv2.resize(
        colours, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA
    )
    side = max(3, size // 2) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    # Going on beyond the edge, a strip of table there is as wide as anything.
    wide = cv2.copyMakeBorder(half, side, side, side, side, cv2.BORDER_REPLICATE)
    paper = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel)
    paper = paper[side : side + half.shape[0], side : side + half.shape[1]]
    return cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)


def dark_on_light(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`colours` (h, w, 3), inverted where the ink is lighter than the paper.

    In a clean picture each colour is told by itself: blue on yellow is dark, but not in blue.
    """
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)
    if is_clean(grey):
        parts = [cv2.bitwise_not(c) if is_light_on_dark(c, True) else c for c in cv2.split(colours)]
        return cv2.merge(parts)
    return cv2.bitwise_not(_even_out(colours, grey)) if is_light_on_dark(grey, False) else colours


def _even_out(colours: NDArray[np.uint8], grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo (h, w, 3) of light ink as if its light were even.

    find_contrast divides by the paper, so light does not matter to dark ink. Inverted it does: in a
    shadow or behind a fold chalk is less light, and so is the board, which tells by how much.
    """
    height, width = grey.shape
    small = _shrink(grey)
    side = round(BROADEST * min(small.shape)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    paper = cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel).astype(np.float32) + 4
    lighter = np.clip(np.median(paper) / cv2.GaussianBlur(paper, (0, 0), side / 6), 0.5, 2)
    gain = cv2.resize(lighter, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(colours, cv2.merge([gain] * 3), dtype=cv2.CV_8U)


def _shrink(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture (h, w) with 160 pixels on its longer side, and at least one on the other."""
    height, width = grey.shape
    across, down = (max(160 / max(height, width), 1 / side) for side in (width, height))
    return cv2.resize(grey, None, fx=across, fy=down, interpolation=cv2.INTER_AREA)


def is_light_on_dark(grey: NDArray[np.uint8], clean: bool) -> bool:
    """Whether the ink is lighter than the paper (h, w): whether what a median takes away is light.

    In a photo the median is narrower, and what lies near a step of it counts less, as the rim does: of a
    sheet on a darker table it takes the corners away, which are light.
    """
    small = _shrink(grey)
    paper = cv2.medianBlur(small, 61 if clean else MEDIAN)
    rest = (small.astype(np.float64) - paper) ** 3
    if not clean:
        down, across = (1 - np.abs(np.linspace(-1, 1, side)) for side in small.shape)
        rest *= np.minimum(1, 2 * np.minimum.outer(down, across)) ** 2
        around = np.ones((MEDIAN, MEDIAN), np.uint8)
        step = cv2.dilate(paper, around).astype(np.float64) - cv2.erode(paper, around)
        rest /= 1 + (step / STEP) ** 4
    return bool(rest.sum() > 0)


def is_clean(grey: NDArray[np.uint8]) -> bool:
    """Whether a picture (h, w) has no grain: drawn by a program, not photographed."""
    rows = np.ascontiguousarray(grey[::2])
    return bool((cv2.absdiff(rows, cv2.medianBlur(rows, 5)) > 0).mean() < 0.25)
