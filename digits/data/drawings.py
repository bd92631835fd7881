"""Drawings: strokes, checked, and labelled drawings by known writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.errors import DrawingError

MAX_STROKES = 1000
MAX_POINTS = 20_000
SLACK = 0.5  # a finger may leave the pad by half its side before that is an error

Strokes = Sequence[NDArray[np.float64]]  # each (n, 2): x right, y down, 0..1 of the pad


def check_strokes(raw: object) -> list[NDArray[np.float64]]:
    """Check strokes from anywhere (lists, arrays), drop empty ones; DrawingError if unusable."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise DrawingError("drawing_not_strokes", kind=type(raw).__name__)
    if len(raw) > MAX_STROKES:
        raise DrawingError("drawing_many_strokes", limit=MAX_STROKES, count=len(raw))
    strokes = [_check_stroke(stroke, number) for number, stroke in enumerate(raw, start=1)]
    points = sum(len(stroke) for stroke in strokes)
    if points > MAX_POINTS:
        raise DrawingError("drawing_many_points", limit=MAX_POINTS, count=points)
    return [stroke for stroke in strokes if len(stroke)]


def _check_stroke(raw: object, number: int) -> NDArray[np.float64]:
    """One stroke as (n, 2) float64, or DrawingError naming it by `number`."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise DrawingError("stroke_not_points", number=number, kind=type(raw).__name__)
    if len(raw) > MAX_POINTS:
        raise DrawingError("drawing_many_points", limit=MAX_POINTS, count=len(raw))
    if len(raw) == 0:
        return np.empty((0, 2))
    try:
        stroke = np.asarray(raw)
    except (ValueError, TypeError, OverflowError):  # numpy's words for "not a table"
        stroke = np.empty(0, dtype=object)
    if stroke.ndim != 2 or stroke.shape[1] != 2 or stroke.dtype.kind not in "fiu":
        raise DrawingError("stroke_not_pairs", number=number)
    if not np.isfinite(stroke).all():
        raise DrawingError("stroke_not_finite", number=number)
    if stroke.min() < -SLACK or stroke.max() > 1 + SLACK:
        raise DrawingError("stroke_off_pad", number=number)
    return stroke.astype(np.float64, copy=False)


NOT_A_DIGIT = -1  # label of a drawing of anything else, such as a letter


@dataclass(frozen=True)
class Drawing:
    """One thing somebody wrote: strokes (each (n, 2), x right, y down, 0..1), label and writer."""

    strokes: list[NDArray[np.float64]]
    label: int  # 0 to 9, or NOT_A_DIGIT
    writer: int  # 0 where the file does not say
    name: str = ""  # what the file calls it: "7", "B"
    source: str = ""  # the stroke file it is from: "unipen-1a"
    number: int = 0  # its place among the drawings of that file
