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
FEW_RUNGS = 3  # from this many on, a bar as long with one end on a line is such, too


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

    The short lines of a table are such, and those from a line to the picture's edge.
    """
    lines = strong - left
    if not lines.any():
        return left
    depth = cv2.distanceTransform(lines, cv2.DIST_L2, 5)
    thickest = 2 * RUNG * float(np.quantile(depth[depth > 0], 0.9))
    near = cv2.dilate(lines, np.ones((5, 5), np.uint8))
    margin = int(thickest)
    near[:margin] = near[-margin:] = near[:, :margin] = near[:, -margin:] = 1
    contours, _ = cv2.findContours(left, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    shapes = [_Bar(np.asarray(rim, np.int32), near) for rim in contours]
    bars = [bar for bar in shapes if bar.is_as_thin_as(thickest)]
    rungs = [bar for bar in bars if bar.is_rung]
    if len(rungs) >= FEW_RUNGS:  # one of a bar's lines may be out of the picture
        usual = float(np.median([bar.length for bar in rungs]))
        others = [bar for bar in bars if bar.meets and not bar.is_rung]
        rungs += [bar for bar in others if abs(bar.length - usual) <= 0.1 * usual]
    return cv2.drawContours(left.copy(), [bar.rim for bar in rungs], -1, 0, cv2.FILLED)


class _Bar:
    """What is left with this rim (n, 1, 2) of x, y, and where it meets the `lines` (h, w)."""

    def __init__(self, rim: NDArray[np.int32], lines: Mask) -> None:
        self.rim = rim
        self.width, self.length = sorted(cv2.minAreaRect(rim)[1])
        met = rim[:, 0][lines[rim[:, 0, 1], rim[:, 0, 0]] > 0]
        self.meets = len(met) > 0
        self.is_rung = self.meets and float(np.ptp(met, axis=0).max()) > 0.8 * self.length

    def is_as_thin_as(self, thickest: float) -> bool:
        return self.width <= thickest and self.length >= 2 * thickest


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
