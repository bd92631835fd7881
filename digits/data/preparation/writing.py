"""What in a picture is written: ink apart from the paper's lines, its edge, specks and shadows.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.bindings import remove_bindings
from digits.data.preparation.components import find_components
from digits.data.preparation.frames import find_frames
from digits.data.preparation.paper import Contrast, Mask, find_contrast
from digits.data.preparation.rings import find_open_rings
from digits.data.preparation.ruled_lines import along, find_lines, remove_lines, remove_rungs
from digits.data.preparation.thickness import find_middle
from digits.data.preparation.underlines import remove_underlines

CLEAN = 0.004  # noise below one grey level: drawn by a program, not photographed
FAINT = 0.3  # contrast from which a clean picture's ink is ink
LEAST_CONTRAST = 0.07  # less than this is never ink
LINE_LENGTH = 0.5  # of the picture's side: a straight line as long as this belongs to the paper
FEW_LINES = 3  # from this many on, the paper is taken for lined
SPECK = (
    0.12  # of the largest stroke's longer side: anything smaller is no part of a digit by itself
)
SMALLEST_STROKE = 0.02  # of the shorter side: anything smaller is a speck, whatever else there is
FAINT_LINE = 0.7  # of the threshold: weaker is no line
FILLED_IN = 0.5  # of the threshold: weaker is a hole in the ink
LONGEST_STROKE = 4.4  # times the longer side, as an eight of two wide loops: more is a text
WEAKER = 0.55  # of the ink's contrast: weaker is a shadow or a stain


@dataclass(frozen=True)
class Writing:
    """What in a picture is written: where, how strongly, and how thick its strokes are."""

    dark: NDArray[np.uint8]  # (h, w), the picture itself, dark on light
    contrast: Contrast
    strong: Mask  # the writing, without the paper's lines
    threshold: float  # contrast from which a pixel is written
    is_clean: bool  # drawn by a program, not photographed
    thickness: float  # of the larger strokes, in pixels
    noise: float  # of the contrast


def find_writing(dark: NDArray[np.uint8], size: int, is_inverted: bool) -> Writing | None:
    """What is written in a picture dark on light, strokes at most `size` wide; None for nothing.

    Of light ink `dark` is the picture inverted.
    """
    contrast, noise = find_contrast(dark, size)
    clean = noise < CLEAN
    smooth = contrast if clean else cv2.GaussianBlur(contrast, (0, 0), 1.0)
    floor = max(LEAST_CONTRAST, 5 * noise)
    threshold = _find_threshold(smooth, floor)
    frames = _find_around((smooth > max(floor, FILLED_IN * threshold)).astype(np.uint8))
    if frames is not None:  # a pencil's digit is weaker than the printed box around it
        smooth = np.where(cv2.dilate(frames, np.ones((3, 3), np.uint8)) > 0, 0, smooth)
        threshold = _find_threshold(smooth, floor)
    if clean:  # what is faint was drawn faint: a soft rim, a gap that is none
        threshold = max(floor, min(threshold, FAINT))
    weak = (smooth > max(floor, FAINT_LINE * threshold)).astype(np.uint8)
    strong = _without_lines((smooth > threshold).astype(np.uint8), weak, clean)
    strong = remove_underlines(strong if clean else remove_bindings(strong))
    depth = _find_depth(strong)
    middle = find_middle(depth)
    if not middle.any():
        return None
    thickness = 2 * float(np.median(depth[middle]))
    # The ink is about as strong everywhere; a shadow's corner or a stain is weaker.
    if not clean:
        threshold = max(threshold, WEAKER * float(np.median(smooth[middle])))
    strong &= smooth > threshold
    if is_inverted and not clean:
        strong = _fill_in(strong, smooth > FILLED_IN * threshold, thickness)
    grey = cv2.cvtColor(dark, cv2.COLOR_RGB2GRAY)
    return Writing(grey, smooth, strong, threshold, clean, thickness, noise)


def _find_around(strong: Mask) -> Mask | None:
    """What in `strong` is printed or drawn around digits; None where nothing is."""
    found = [one for one in (find_frames(strong), find_open_rings(strong)) if one is not None]
    return np.maximum.reduce(found) if found else None


def _find_threshold(contrast: Contrast, floor: float) -> float:
    """The contrast (h, w) from which something is ink; what is not above `floor` never is."""
    present = contrast > floor
    return max(floor, 0.9 * otsu(contrast[present])) if present.any() else floor


def _fill_in(strong: Mask, weak: NDArray[np.bool_], thickness: float) -> Mask:
    """`strong` with the holes and notches, narrower than a stroke is thick, that are `weak` ink (h, w).

    Where light ink crosses a shadow's edge it seems weaker: its light could not be evened out wholly.
    Dark ink has no need of it, and what is weak beside that is a printed line.
    """
    side = round(thickness) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    return strong | (cv2.morphologyEx(strong, cv2.MORPH_CLOSE, kernel) & weak)


def _without_lines(strong: Mask, weak: Mask, clean: bool) -> Mask:
    """`strong` without the paper's lines and what comes in from the edge.

    In `weak`, which has fainter ink, too, a line is whole of which `strong` has pieces.

    Where nothing else is there, one stroke stays: it may be a long one, or come in from the edge. In
    a clean picture strokes are straighter than by hand, so only a line from edge to edge is the
    paper's.
    """
    lines = find_lines(strong, 0.95 if clean else LINE_LENGTH)
    left = remove_lines(strong, lines) if len(lines) else strong
    if len(lines) >= FEW_LINES and not clean:  # where there are several there are more, less clear
        left = remove_lines(left, along(find_lines(left, LINE_LENGTH / 2), lines))
        left &= _without_faint_lines(weak & ~_widen(strong & ~left), lines)
    if len(lines):
        inner = _without_specks(remove_rungs(left, strong), with_edge=False)
        if inner.any():
            return inner
    inner = _without_specks(left, with_edge=False)
    # One bar alone between two lines may be a 1; several are the paper's.
    if inner.any() and (not len(lines) or _is_one(inner)):
        return inner
    whole = _without_specks(strong, with_edge=True)
    return whole if _is_one(whole) and not _lies_along_edge(whole) else np.zeros_like(strong)


def _without_faint_lines(weak: Mask, lines: NDArray[np.float64]) -> Mask:
    """1 wherever `weak`, which is already without the `lines` (n, 4), has no more that run as these do."""
    faint = weak & ~remove_lines(weak, along(find_lines(weak, LINE_LENGTH), lines))
    return 1 - _widen(faint)


def _widen(mask: Mask) -> Mask:
    """`mask` with all pixels that touch it."""
    return cv2.dilate(mask, np.ones((3, 3), np.uint8))


def _is_one(strong: Mask) -> bool:
    """Whether all in a mask hangs together."""
    return bool(cv2.connectedComponents(strong)[0] == 2)


def _lies_along_edge(strong: Mask) -> bool:
    """Whether what is in a mask touches the picture's edge with much of its length, as a table does."""
    rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
    longer = max(np.ptp(rows), np.ptp(columns)) + 1 if len(rows) else 1
    contacts = (strong[0], strong[-1], strong[:, 0], strong[:, -1])
    return max(int(np.count_nonzero(contact)) for contact in contacts) > 0.3 * longer


def _without_specks(strong: Mask, with_edge: bool) -> Mask:
    """`strong` without specks, and without what touches the picture's edge unless `with_edge`."""
    height, width = strong.shape
    labels, boxes = find_components(strong)
    left, top, wide, high = boxes[:, :4].T
    is_inner = (left > 0) & (top > 0) & (left + wide < width) & (top + high < height)
    longer = np.where(is_inner | with_edge, np.maximum(wide, high), 0)
    longer[0] = 0
    keep = longer >= max(SPECK * longer.max(), SMALLEST_STROKE * min(height, width), 1)
    return keep[labels].astype(np.uint8)


def _find_depth(strong: Mask) -> NDArray[np.float32]:
    """How deep each pixel (h, w) is in its stroke, of larger ones only.

    Of a thin stroke that runs into a shadow's corner, most of the middle is the stroke's.
    """
    labels, boxes = find_components(strong)
    longer = boxes[:, 2:4].max(axis=1)
    longer[0] = 0
    large = ((longer >= 0.5 * longer.max())[labels] & (strong > 0)).astype(np.uint8)
    return cv2.distanceTransform(large, cv2.DIST_L2, 5)


def otsu(values: NDArray[np.float32]) -> float:
    """The threshold (0..1) that parts `values` best into two (Otsu, 1979)."""
    levels = np.clip(values * 255, 0, 255).astype(np.uint8).reshape(1, -1)
    return cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0] / 255
