"""A crayon's stroke made whole, where the paper shows through it.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.components import find_components
from digits.data.preparation.paper import PLAIN, Mask
from digits.data.preparation.thickness import measure_rims, measure_thickness
from digits.data.preparation.writing import LONGEST_STROKE, Writing

AFAR = 0.6  # of the grain's thickness: blurred so much, a stroke shows no grain
STILL_INK = 0.25  # of the ink's contrast: what is as strong after that is stroke
FAINT_GRAIN = 0.35  # contrast: grain as weak is that of a stain
WEAK_LINE = 0.3  # of the threshold: as weak may a line of the paper be
LARGE = 3.0  # times the grain's thickness: what is smaller is a speck of it
NEAR = 0.8  # times the grain's thickness: two pieces of one stroke are nearer than twice that
SMALLEST = 8.0  # times the grain's thickness: the longer side of a stroke
WIDEST = 1.5  # times as wide as high, seen from afar: wider is a word
AS_THICK = 1.5  # times as thick as another, at most: of the same crayon
INNER = 1.0  # times the grain's thickness: as deep in a stroke there is no rim of it
LEAST_INNER = 0.28  # of the stroke: so much is as deep
LEAST_GAPS, MOST_GAPS = 0.15, 0.48  # of what is as deep: so much is paper
FINE = 0.065  # of the longer side: grain is no thicker than that, as most pens' strokes are
MANY = 6  # gaps, at least: an eight has two loops, which may seem filled from afar
PIECES = 3  # of the grain, at least: an eight that is not closed may have two
BESIDE = 2.0  # times the grain's thickness: so far from a stroke its paper is looked at
RAGGED = 1.5  # times as long as the rim of the stroke is that of the grain
AROUND = 4.0  # times the grain's thickness: farther from all strokes nothing of this reaches


def fill_grain(writing: Writing) -> Writing:
    """`writing` with a crayon's strokes, which are a net of grain, as they look from afar."""
    ink = writing.contrast[writing.strong > 0]
    if writing.is_clean or not len(ink) or np.median(ink) < FAINT_GRAIN:
        return writing
    place = _around(writing.strong, round(AROUND * writing.thickness))
    part = replace(
        writing,
        dark=writing.dark[place],
        contrast=writing.contrast[place],
        strong=writing.strong[place],
    )
    filled = _fill(part)
    if filled is None:
        return writing
    dark, contrast, strong = (
        whole.copy() for whole in (writing.dark, writing.contrast, writing.strong)
    )
    dark[place], contrast[place], strong[place] = filled.dark, filled.contrast, filled.strong
    return replace(writing, dark=dark, contrast=contrast, strong=strong)


def _around(strong: Mask, margin: int) -> tuple[slice, slice]:
    """The rows and columns of a mask in which something is, and `margin` more on every side."""
    left, top, wide, high = cv2.boundingRect(strong)
    rows = slice(max(0, top - margin), top + high + margin)
    return rows, slice(max(0, left - margin), left + wide + margin)


def _fill(writing: Writing) -> Writing | None:
    """`writing` with its crayon's strokes as they look from afar; None where it has none."""
    reach = AFAR * writing.thickness
    contrast = np.where(_find_left_out(writing), 0, writing.contrast).astype(np.float32)
    blurred = cv2.GaussianBlur(contrast, (0, 0), reach)
    full = float(np.median(blurred[writing.strong > 0]))
    grainy = _find_grainy((blurred > STILL_INK * full).astype(np.uint8), writing)
    if not grainy.any():
        return None
    near = _widen(grainy, round(2 * reach)) > 0
    contrast = np.where(near, blurred, writing.contrast)
    contrast = np.where(grainy > 0, np.maximum(full, contrast), contrast).astype(np.float32)
    dark = np.where(near, cv2.GaussianBlur(writing.dark, (0, 0), reach), writing.dark)
    strong = np.where(near, grainy, writing.strong)
    return replace(writing, contrast=contrast, dark=dark, strong=strong)


def _find_left_out(writing: Writing) -> NDArray[np.bool_]:
    """Where (h, w) something strong is no writing, as the paper's lines. Specks may be grain."""
    reach = round(writing.thickness / 2)
    beside = _widen(writing.strong, reach) == 0
    left_out = beside & (writing.contrast > WEAK_LINE * writing.threshold)
    labels, boxes = find_components(left_out.astype(np.uint8))
    is_large = boxes[:, 2:4].max(axis=1) >= LARGE * writing.thickness
    is_large[0] = False
    return (_widen(is_large[labels].astype(np.uint8), 2) > 0) & (writing.strong == 0)


def _widen(mask: Mask, reach: int) -> Mask:
    """`mask` with all pixels that are at most `reach` pixels away from it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(mask, kernel)


def _find_grainy(afar: Mask, writing: Writing) -> Mask:
    """What in `afar` (h, w) is a crayon's, with what else is as thick: it is the same crayon's."""
    wider = _widen(afar, round(NEAR * writing.thickness))
    labels, boxes = find_components(wider)
    grainy = np.zeros_like(afar)
    crayons, others = [], []
    for label in range(1, len(boxes)):
        left, top, wide, high, _ = boxes[label].tolist()
        if max(wide, high) < SMALLEST * writing.thickness or wide > WIDEST * high:
            continue
        place = slice(top, top + high), slice(left, left + wide)
        stroke = (labels[place] == label).astype(np.uint8) & afar[place]
        thickness = measure_thickness(stroke)
        is_grainy = _is_grainy(stroke, writing.strong[place], writing.thickness, thickness)
        if is_grainy and _is_on_paper(stroke, left, top, writing):
            crayons.append(thickness)
            grainy[place] |= stroke
        else:
            others.append((place, stroke, thickness))
    for place, stroke, thickness in others:
        if any(1 / AS_THICK < thickness / crayon < AS_THICK for crayon in crayons):
            grainy[place] |= stroke
    return grainy


def _is_grainy(stroke: Mask, grain: Mask, fine: float, thick: float) -> bool:
    """Whether `grain`, `fine` pixels thick, is what the paper's hollows left of a `stroke`.

    That is `thick` pixels thick; both masks are (h, w).
    """
    longer = max(stroke.shape)
    if fine > FINE * longer or stroke.sum() > LONGEST_STROKE * longer * thick:
        return False
    depth = cv2.distanceTransform(np.pad(stroke, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    inner = depth > INNER * fine
    gaps = (inner & (grain == 0)).astype(np.uint8)
    _, boxes = find_components(gaps)
    return (
        bool(inner.sum() >= LEAST_INNER * stroke.sum())
        and LEAST_GAPS <= gaps.sum() / inner.sum() <= MOST_GAPS
        and int((boxes[1:, 4] > 1).sum()) >= MANY
        and _is_ragged(stroke, grain & stroke, thick)
    )


def _is_on_paper(stroke: Mask, left: int, top: int, writing: Writing) -> bool:
    """Whether it is light beside a `stroke` (h, w) at `left` and `top`; in a wood or a wall it is not."""
    far = round(BESIDE * writing.thickness)
    around = np.pad(stroke, far)
    ring = (_widen(around, far) > _widen(around, far // 2)).astype(bool)
    padded = np.pad(writing.contrast, far)  # beyond the picture all is paper
    high, wide = around.shape
    beside = padded[top : top + high, left : left + wide][ring]
    ink = np.median(writing.contrast[writing.strong > 0])
    return bool(np.median(beside) - writing.noise <= PLAIN * ink)


def _is_ragged(stroke: Mask, grain: Mask, thick: float) -> bool:
    """Whether `grain` is in pieces, or has much more rim than the `stroke`, `thick` pixels thick."""
    _, boxes = find_components(grain)
    pieces = int((boxes[1:, 4] > thick).sum())
    return pieces >= PIECES or measure_rims(grain) >= RAGGED * measure_rims(stroke)
