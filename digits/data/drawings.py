"""Drawings: strokes, checked, and labelled drawings by known writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.errors import SketchError

MAX_STROKES = 1000
MAX_POINTS = 20_000
SLACK = 0.5  # a finger may leave the pad by half its side before that is an error

Strokes = Sequence[NDArray[np.float64]]  # each (n, 2): x right, y down, 0..1 of the pad


def check_strokes(raw: object) -> list[NDArray[np.float64]]:
    """Check strokes from anywhere (lists, arrays), drop empty ones; SketchError if unusable."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise SketchError(f"a drawing is a list of strokes, not {type(raw).__name__}")
    if len(raw) > MAX_STROKES:
        raise SketchError(f"a drawing may have {MAX_STROKES:,} strokes, not {len(raw):,}")
    strokes = [_check_stroke(stroke, number) for number, stroke in enumerate(raw, start=1)]
    points = sum(len(stroke) for stroke in strokes)
    if points > MAX_POINTS:
        raise SketchError(f"a drawing may have {MAX_POINTS:,} points, not {points:,}")
    return [stroke for stroke in strokes if len(stroke)]


def _check_stroke(raw: object, number: int) -> NDArray[np.float64]:
    """One stroke as (n, 2) float64, or SketchError naming it by `number`."""
    if not isinstance(raw, list | tuple | np.ndarray):
        raise SketchError(f"stroke {number} is not a list of points but {type(raw).__name__}")
    if len(raw) > MAX_POINTS:
        raise SketchError(f"a drawing may have {MAX_POINTS:,} points, not {len(raw):,}")
    if len(raw) == 0:
        return np.empty((0, 2))
    try:
        stroke = np.asarray(raw)
    except (ValueError, TypeError, OverflowError):  # numpy's words for "not a table"
        stroke = np.empty(0, dtype=object)
    if stroke.ndim != 2 or stroke.shape[1] != 2 or stroke.dtype.kind not in "fiu":
        raise SketchError(f"stroke {number} must be a list of [x, y] pairs of numbers")
    if not np.isfinite(stroke).all():
        raise SketchError(f"stroke {number} has a coordinate that is not a finite number")
    if stroke.min() < -SLACK or stroke.max() > 1 + SLACK:
        raise SketchError(f"stroke {number} leaves the pad: coordinates must be within 0 and 1")
    return stroke.astype(np.float64, copy=False)


NOT_A_DIGIT = -1  # label of a drawing of anything else, such as a letter


@dataclass(frozen=True)
class Drawing:
    """One thing somebody wrote: strokes (each (n, 2), x right, y down, 0..1), label and writer."""

    strokes: list[NDArray[np.float64]]
    label: int  # 0 to 9, or NOT_A_DIGIT
    writer: int  # 0 where the file does not say
