"""The straight lines that are printed on paper, taken out where no stroke crosses them.

Imports OpenCV, which takes a while to load: import this module only when a picture comes.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.data.preparation.paper import Mask

LINE_THICKNESS = 0.016  # of the shorter side, at most
RUNG = 1.6  # times as thick as the lines, at most: a bar between two of them


def find_lines(strong: Mask, least: float) -> NDArray[np.float64]:
    """Straight lines as long as `least` of the shorter side, as segments (n, 4) of x, y, x, y."""
    half = cv2.resize(strong * np.uint8(255), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = (half > 60) * np.uint8(255)
    short = min(half.shape)
    found = cv2.HoughLinesP(
        half,
        1,
        np.pi / 720,
        threshold=int(short * 0.25),
        minLineLength=short * least,
        maxLineGap=max(2, short * 0.02),
    )
    return np.zeros((0, 4)) if found is None else 2.0 * found.reshape(-1, 4)


def remove_lines(strong: Mask, lines: NDArray[np.float64]) -> Mask:
    """`strong` without the lines, but with the strokes that cross them."""
    left = strong.copy()
    reach = max(3, int(min(strong.shape) * LINE_THICKNESS))
    for x1, y1, x2, y2 in lines:
        if abs(x2 - x1) >= abs(y2 - y1):
            _remove_level_line(left, (x1, y1), (x2, y2), reach)
        else:
            _remove_level_line(left.T, (y1, x1), (y2, x2), reach)
    return left


def remove_rungs(left: Mask, strong: Mask) -> Mask:
    """`left`, which is `strong` without its lines, without bars as thin as those from one to another.

    The short lines of a table are such.
    """
    lines = strong - left
    if not lines.any():
        return left
    depth = cv2.distanceTransform(lines, cv2.DIST_L2, 5)
    thickest = 2 * RUNG * float(np.quantile(depth[depth > 0], 0.9))
    near = cv2.dilate(lines, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(left, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rungs = [rim for rim in contours if _is_rung(rim[:, 0], near, thickest)]
    return cv2.drawContours(left.copy(), rungs, -1, 0, cv2.FILLED)


def _is_rung(rim: NDArray[np.int32], lines: Mask, thickest: float) -> bool:
    """Whether what has this rim (n, 2) of x, y is a bar with both ends on the lines (h, w)."""
    sides = cv2.minAreaRect(rim)[1]
    if min(sides) > thickest or max(sides) < 2 * thickest:
        return False
    met = rim[lines[rim[:, 1], rim[:, 0]] > 0]
    return len(met) > 1 and float(np.ptp(met, axis=0).max()) > 0.8 * max(sides)


def along(candidates: NDArray[np.float64], lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of the `candidates` (n, 4) that run as one of the `lines` does, to some 3 degrees."""
    angles, known = (
        np.arctan2(found[:, 3] - found[:, 1], found[:, 2] - found[:, 0])
        for found in (candidates, lines)
    )
    apart = np.abs((angles[:, None] - known + np.pi / 2) % np.pi - np.pi / 2)
    return candidates[apart.min(axis=1) < 0.05] if len(candidates) else candidates


def _remove_level_line(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], reach: int
) -> None:
    """Take a line that is more level than upright out of `mask`, where it is no thicker than usual.

    Where it is thicker than usual a stroke crosses it.
    """
    (x1, y1), (x2, y2) = sorted((start, end))
    columns = np.arange(max(0, int(x1) - 2 * reach), min(mask.shape[1], int(x2) + 2 * reach))
    middle = np.rint(y1 + (columns - x1) * (y2 - y1) / (x2 - x1)).astype(int)
    if not _is_inked(mask, columns, middle, 1):
        return  # it was another piece of a line that is out already
    # What was seen of the line may be a part: it goes on from edge to edge. What was seen is also rough,
    # to a quarter of a degree: the ink that is met says where the line runs.
    columns = np.arange(mask.shape[1])
    slope = (y2 - y1) / (x2 - x1)
    met = _find_ink(mask, y1 + (columns - x1) * slope, reach)
    if met is None:
        return
    rows, run = met
    is_met = run.any(axis=1)
    centres = (rows * run).sum(axis=1)[is_met] / run.sum(axis=1)[is_met]
    slope, first = np.polyfit(columns[is_met], centres, 1)
    met = _find_ink(mask, first + columns * slope, reach)
    if met is not None:
        rows, run = met
        mask[rows[run], np.broadcast_to(columns[:, None], rows.shape)[run]] = 0


def _find_ink(
    mask: Mask, course: NDArray[np.float64], reach: int
) -> tuple[NDArray[np.int_], NDArray[np.bool_]] | None:
    """Rows around a line's `course` (w,) in each column (w, n), and which of them are its ink.

    Without the columns where the ink is thicker than usual; None where it is no line, but thicker.
    """
    rows = np.rint(course).astype(int)[:, None] + np.arange(-2 * reach, 2 * reach + 1)
    inside = (rows >= 0) & (rows < mask.shape[0])
    rows = np.clip(rows, 0, mask.shape[0] - 1)
    run, thickness = _runs_at_centre((mask[rows, np.arange(len(course))[:, None]] > 0) & inside)
    usual = float(np.median(thickness[thickness > 0]))
    return (rows, run & (thickness <= 1.5 * usual + 2)[:, None]) if usual <= reach else None


def _is_inked(mask: Mask, columns: NDArray[np.int_], middle: NDArray[np.int_], off: int) -> bool:
    """Whether half of the places on a line, or up to `off` pixels beside them, are ink."""
    rows = np.clip(middle[:, None] + np.arange(-off, off + 1), 0, mask.shape[0] - 1)
    return bool((mask[rows, columns[:, None]] > 0).any(axis=1).mean() >= 0.5)


def _runs_at_centre(ink: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int_]]:
    """Of each row (n, w) the run of ink nearest its centre, and the run's length (n,), 0 for none."""
    count, width = ink.shape
    away = np.where(ink, np.abs(np.arange(width) - width // 2), width)
    nearest = away.argmin(axis=1)
    is_near = away[np.arange(count), nearest] <= max(2, width // 12)
    starts = ink.copy()
    starts[:, 1:] &= ~ink[:, :-1]
    runs = starts.cumsum(axis=1, dtype=np.uint8)
    same = ink & (runs == runs[np.arange(count), nearest][:, None]) & is_near[:, None]
    return same, same.sum(axis=1)
